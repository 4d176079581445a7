//! [`LabelScheme`]: the labels of known corpora.

use std::fmt;

/// The labels of a known corpus, and which of them the built-in ones become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LabelScheme {
    /// OntoNotes 5, as models of spaCy have it. A WEAPON is a PRODUCT; a LOCATION is a GPE, for most are cities and regions (seas and
    /// mountains would be LOC, airports FAC).
    OntoNotes,
    /// CoNLL-2003: LOC, ORG, PER, MISC.
    Conll2003,
    /// re3d, of the defence domain.
    Re3d,
}

impl LabelScheme {
    /// All schemes.
    pub const ALL: &'static [LabelScheme] = &[
        LabelScheme::OntoNotes,
        LabelScheme::Conll2003,
        LabelScheme::Re3d,
    ];

    /// The word that `--map-labels` takes.
    pub fn as_str(self) -> &'static str {
        match self {
            LabelScheme::OntoNotes => "ontonotes",
            LabelScheme::Conll2003 => "conll2003",
            LabelScheme::Re3d => "re3d",
        }
    }

    /// The built-in labels, each with the one that it becomes.
    ///
    /// ```
    /// use wiretag::LabelScheme;
    /// assert!(LabelScheme::OntoNotes.pairs().contains(&("COUNTRY", "GPE")));
    /// ```
    pub fn pairs(self) -> [(&'static str, &'static str); 6] {
        let labels = match self {
            LabelScheme::OntoNotes => ["GPE", "NORP", "ORG", "PERSON", "PRODUCT", "GPE"],
            LabelScheme::Conll2003 => ["LOC", "MISC", "ORG", "PER", "MISC", "LOC"],
            LabelScheme::Re3d => [
                "Location",
                "Nationality",
                "Organisation",
                "Person",
                "Weapon",
                "Location",
            ],
        };
        let [country, nationality, org, person, weapon, location] = labels;
        [
            ("COUNTRY", country),
            ("NATIONALITY", nationality),
            ("ORG", org),
            ("PERSON", person),
            ("WEAPON", weapon),
            ("LOCATION", location),
        ]
    }
}

impl fmt::Display for LabelScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
