//! A bounded memory in two generations: when the young one is full it becomes the old one, and the old one is forgotten. Each step is
//! constant work; what is asked for often is at worst learnt again.
use std::collections::HashMap;
use std::hash::Hash;
use std::mem;

#[derive(Debug)]
pub(crate) struct Remembered<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    most: usize,
}

impl<K: Eq + Hash, V: Copy> Remembered<K, V> {
    /// With at most `most` entries in either generation.
    pub(crate) fn new(most: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), most }
    }

    pub(crate) fn get(&self, key: &K) -> Option<V> {
        self.young.get(key).or_else(|| self.old.get(key)).copied()
    }

    pub(crate) fn put(&mut self, key: K, value: V) {
        if self.young.len() >= self.most {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_holds_more_than_two_generations() {
        let mut memory = Remembered::new(3);
        for key in 0..100 {
            memory.put(key, key);
            assert_eq!(memory.get(&key), Some(key));
            assert!(memory.young.len() + memory.old.len() <= 6);
        }
        assert_eq!((memory.get(&97), memory.get(&1)), (Some(97), None));
        memory.put(97, 0);
        assert_eq!(memory.get(&97), Some(0), "the younger counts");
    }
}
