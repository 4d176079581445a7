//! All integration tests, in one binary.

// What the token index finds equals what the automaton and a naive search find, on random lists and texts.
mod properties;
