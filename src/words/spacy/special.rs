//! Special cases: runs of text that spaCy divides, or keeps whole, as English has it and not by the marks in them.

use super::divided;
use std::{collections::HashMap, sync::LazyLock};

/// A special case.
#[derive(Clone, Debug)]
pub(super) struct Special {
    /// Where its words end.
    pub(super) ends: Vec<usize>,
    /// Where its words would end if it were none, if rules divide it.
    pub(super) divided: Vec<usize>,
}

/// No special case has more bytes.
pub(super) const LONGEST: usize = 40;

/// The special case that a run is, if it is one.
pub(super) fn special(run: &str) -> Option<&'static Special> {
    static SPECIAL: LazyLock<HashMap<String, Special>> = LazyLock::new(all);
    match run.len() {
        1..=LONGEST => SPECIAL.get(run),
        _ => None,
    }
}

/// Words of one's own, by what they are; parted by spaces.
const WHOLE: [&str; 6] = [
    // Marks and letters.
    "' \\\") <space> '' C++ \\t \\n — a. b. c. d. e. f. g. h. i. j. k. l. m. n. o. p. q. r. s. t. u. v. w. x. y. z. ä. ö. ü.",
    // Titles, companies, Latin.
    "Adm. Bros. co. Co. Corp. D.C. Dr. e.g. E.g. E.G. Gen. Gov. i.e. I.e. I.E. Inc. Jr. Ltd. Md. Messrs. Mo. Mont. Mr. Mrs. Ms. \
     a.m. p.m. Ph.D. Prof. Rep. Rev. Sen. St. vs. v.s. Mt.",
    // Months and states.
    "Jan. Feb. Mar. Apr. Jun. Jul. Aug. Sep. Sept. Oct. Nov. Dec. Ak. Ala. Ariz. Ark. Calif. Colo. Conn. Del. Fla. Ga. Ia. Id. Ill. \
     Ind. Kan. Kans. Ky. La. Mass. Mich. Minn. Miss. N.C. N.D. N.H. N.J. N.M. N.Y. Neb. Nebr. Nev. Okla. Ore. Pa. S.C. Tenn. Va. \
     Wash. Wis.",
    // What the ear hears.
    "'S 's ‘S ‘s 'd 're and/or w/o 'Cause 'cause 'cos 'Cos 'coz 'Coz 'cuz 'Cuz 'bout ma'am Ma'am o'clock O'clock lovin' Lovin' lovin \
     Lovin havin' Havin' havin Havin doin' Doin' doin Doin goin' Goin' goin Goin nothin' Nothin' nothin Nothin nuthin' Nuthin' \
     nuthin Nuthin ol' Ol' ol Ol somethin' Somethin' somethin Somethin em 'em ll 'll nuff 'nuff",
    // Faces.
    ":) :-) :)) :-)) :))) :-))) (: (-: =) (= :] :-] [: [-: [= =] :o) (o: :} :-} 8) 8-) (-8 ;) ;-) (; (-; :( :-( :(( :-(( :((( :-((( \
     ): )-: =( >:( :') :'-) :'( :'-( :/ :-/ =/ =| :| :-| ]= =[ :1 :P :-P :p :-p :O :-O :o :-o :0 :-0 :() >:o :* :-* :3 :-3 =3 :> \
     :-> :X :-X :x :-x :D :-D ;D ;-D =D xD XD xDD XDD 8D 8-D",
    "^_^ ^__^ ^___^ >.< >.> <.< ._. ;_; -_- -__- v.v V.V v_v V_V o_o o_O O_o O_O 0_o o_0 0_0 o.O O.o O.O o.o 0.0 o.0 0.o @_@ <3 <33 \
     <333 </3 (^_^) (-_-) (._.) (>_<) (*_*) (¬_¬) ಠ_ಠ ಠ︵ಠ (ಠ_ಠ) ¯\\(ツ)/¯ (╯°□°）╯︵┻━┻ ><(((*>",
];

/// Pairs and triples that are no product of the rules below, their words parted by `+`.
const DIVIDED: &str = "y'+all y+all how+'d+'y How+'d+'y not+'ve not+ve Not+'ve Not+ve can+not Can+not gon+na Gon+na got+ta Got+ta let+'s \
     Let+'s c'm+on C'm+on °+c+. °+f+. °+k+. °+C+. °+F+. °+K+.";

/// Words that only look like contractions.
const NO_CONTRACTIONS: &str =
    "Ill ill Its its Hell hell Shell shell Shed shed were Were Well well Whore whore";

fn all() -> HashMap<String, Special> {
    let mut cases: HashMap<String, Vec<usize>> = HashMap::new();
    let mut add = |words: &[&str]| {
        let mut ends = Vec::with_capacity(words.len());
        for word in words {
            ends.push(ends.last().copied().unwrap_or(0) + word.len());
        }
        cases.insert(words.concat(), ends);
    };
    contractions(&mut add);
    for hour in 1..=12 {
        for half in ["a.m.", "am", "p.m.", "pm"] {
            add(&[&hour.to_string(), half]);
        }
    }
    DIVIDED
        .split_whitespace()
        .for_each(|case| add(&case.split('+').collect::<Vec<_>>()));
    WHOLE
        .iter()
        .flat_map(|words| words.split_whitespace())
        .for_each(|word| add(&[word]));
    NO_CONTRACTIONS.split(' ').for_each(|word| {
        cases.remove(word);
    });
    // The same with the apostrophe that is typeset, which is two bytes longer.
    let typeset: Vec<(String, Vec<usize>)> = cases
        .iter()
        .filter(|(case, _)| case.contains('\''))
        .map(|(case, ends)| {
            let longer = |end: &usize| end + 2 * case[..*end].matches('\'').count();
            (case.replace('\'', "’"), ends.iter().map(longer).collect())
        })
        .collect();
    cases.extend(typeset);
    let special = |(case, ends): (String, Vec<usize>)| {
        let divided = divided(&case);
        (case, Special { ends, divided })
    };
    cases.into_iter().map(special).collect()
}

/// `I’m`, `they’d’ve`, `whats`, `couldn’t`: in lower case and with a capital, with an apostrophe and without.
fn contractions(add: &mut impl FnMut(&[&str])) {
    let mut both = |word: &str, endings: &[&[&str]]| {
        let mut capital = word[..1].to_uppercase();
        capital.push_str(&word[1..]);
        for word in [word, &capital] {
            for ending in endings {
                let bare: Vec<String> = ending
                    .iter()
                    .map(|e| {
                        if *e == "n't" {
                            "nt".to_owned()
                        } else {
                            e.replace('\'', "")
                        }
                    })
                    .collect();
                let mut words = vec![word];
                words.extend(ending.iter());
                add(&words);
                words.truncate(1);
                words.extend(bare.iter().map(String::as_str));
                add(&words);
            }
        }
    };
    const WILL: &[&str] = &["'ll"];
    const WILL_HAVE: &[&str] = &["'ll", "'ve"];
    const WOULD: &[&str] = &["'d"];
    const WOULD_HAVE: &[&str] = &["'d", "'ve"];
    const HAVE: &[&str] = &["'ve"];
    const ARE: &[&str] = &["'re"];
    const IS: &[&str] = &["'s"];
    const NOT: &[&str] = &["n't"];
    const NOT_HAVE: &[&str] = &["n't", "'ve"];
    const MODAL: [&[&str]; 4] = [WILL, WILL_HAVE, WOULD, WOULD_HAVE];
    both("i", &[&["'m"], &["'m", "a"]]);
    for word in ["i", "you", "he", "she", "it", "we", "they"] {
        both(word, &MODAL);
    }
    for word in ["i", "you", "we", "they"] {
        both(word, &[HAVE]);
    }
    for word in ["you", "we", "they"] {
        both(word, &[ARE]);
    }
    for word in ["he", "she", "it"] {
        both(word, &[IS]);
    }
    for word in ["who", "what", "when", "where", "why", "how", "there"] {
        both(word, &MODAL);
        both(word, &[IS, ARE, HAVE]);
    }
    for word in ["that", "this"] {
        both(word, &MODAL);
        both(word, &[IS]);
    }
    for word in ["these", "those"] {
        both(word, &MODAL);
        both(word, &[ARE, HAVE]);
    }
    for word in [
        "ca", "could", "do", "does", "did", "had", "may", "might", "must", "need", "ought", "sha",
        "should", "wo", "would",
    ] {
        both(word, &[NOT, NOT_HAVE]);
    }
    for word in ["could", "might", "must", "should", "would"] {
        both(word, &[HAVE]);
    }
    for word in ["ai", "are", "is", "was", "were", "have", "has", "dare"] {
        both(word, &[NOT]);
    }
}
