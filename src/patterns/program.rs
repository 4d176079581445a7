//! [`Program`]: a sequence of token conditions with quantifiers as an automaton, run with all its states at once.
//!
//! A state is a place between two steps. As the automaton is a chain, a set of states is a set of bits; a word moves every state at
//! most one place, so that a word costs at most one look at each step, whatever the quantifiers.

/// One token of a pattern; `+` and `{n,m}` are spelled out as several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Index of the condition.
    pub(super) condition: u32,
    /// Must the condition not hold? (`!`)
    pub(super) negative: bool,
    pub(super) quantifier: Quantifier,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantifier {
    One,
    Optional,
    Any,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Program {
    steps: Box<[Step]>,
}

/// The most steps that a pattern may have.
pub(super) const MOST_STEPS: usize = 255;

/// A set of states of a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct States([u64; (MOST_STEPS + 1) / 64]);

impl States {
    fn set(&mut self, state: usize) {
        self.0[state / 64] |= 1 << (state % 64);
    }

    fn has(self, state: usize) -> bool {
        self.0[state / 64] & 1 << (state % 64) != 0
    }
}

impl Program {
    /// At most [`MOST_STEPS`].
    pub(super) fn new(steps: Vec<Step>) -> Program {
        Program {
            steps: steps.into(),
        }
    }

    /// The same read from its end.
    pub(super) fn reversed(&self) -> Program {
        Program {
            steps: self.steps.iter().rev().copied().collect(),
        }
    }

    /// The conditions of its tokens, if there is one word for each of them.
    pub(super) fn as_sequence(&self) -> Option<impl Iterator<Item = u32>> {
        let plain = |s: &Step| s.quantifier == Quantifier::One && !s.negative;
        let conditions = self.steps.iter().map(|s| s.condition);
        self.steps.iter().all(plain).then_some(conditions)
    }

    /// The states before the first word.
    pub(super) fn start(&self) -> States {
        let mut states = States::default();
        states.set(0);
        self.close(&mut states);
        states
    }

    /// The steps that a first word may take.
    pub(super) fn first(&self) -> impl Iterator<Item = &Step> {
        let start = self.start();
        let steps = self.steps.iter().enumerate();
        steps.filter(move |(i, _)| start.has(*i)).map(|(_, s)| s)
    }

    /// The states behind one more word; `holds` says whether a condition holds for it.
    pub(super) fn advance(&self, states: States, mut holds: impl FnMut(u32) -> bool) -> States {
        let mut next = States::default();
        for (i, step) in self.steps.iter().enumerate() {
            if states.has(i) && holds(step.condition) != step.negative {
                match step.quantifier {
                    Quantifier::One | Quantifier::Optional => next.set(i + 1),
                    Quantifier::Any => next.set(i),
                }
            }
        }
        self.close(&mut next);
        next
    }

    /// Do the words so far match?
    pub(super) fn accepts(&self, states: States) -> bool {
        states.has(self.steps.len())
    }

    /// Can more words match?
    pub(super) fn is_alive(&self, states: States) -> bool {
        (0..self.steps.len()).any(|i| states.has(i))
    }

    /// Adds what is reached over steps that may be left out.
    fn close(&self, states: &mut States) {
        for (i, step) in self.steps.iter().enumerate() {
            if states.has(i) && step.quantifier != Quantifier::One {
                states.set(i + 1);
            }
        }
    }
}
