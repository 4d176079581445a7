//! What becomes of candidates: document-level steps, and the competition.

pub(crate) mod overlap;
mod score;
