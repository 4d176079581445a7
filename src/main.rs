//! The `wiretag` program.

fn main() {}
