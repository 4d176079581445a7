//! Names by number, each held once.

use std::{collections::HashMap, sync::Arc};

/// All names that were counted.
#[derive(Debug, Default)]
pub(super) struct Names {
    numbers: HashMap<Arc<str>, u32>,
    names: Vec<Arc<str>>,
    /// What the entities with these ids are called.
    called: HashMap<u32, Arc<str>>,
}

impl Names {
    /// The number of a name.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let (number, name) = (self.names.len() as u32, Arc::<str>::from(name));
        self.names.push(name.clone());
        self.numbers.insert(name, number);
        number
    }

    /// Says what the entity with this id is called; the first word counts.
    pub(super) fn call(&mut self, id: u32, name: &str) {
        self.called.entry(id).or_insert_with(|| name.into());
    }

    pub(super) fn get(&self, number: u32) -> Option<&str> {
        self.names.get(number as usize).map(|name| &**name)
    }

    pub(super) fn called(&self, id: u32) -> Option<&str> {
        self.called.get(&id).map(|name| &**name)
    }
}
