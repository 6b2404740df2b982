//! Even shares of something that there is too little of.

/// How much each may keep, so that all together keep `room` at most: those that hold less keep all
/// of it, and what they leave is shared evenly by the others. `None`: all keep everything.
pub(crate) fn even_share(mut holdings: Vec<usize>, room: usize) -> Option<usize> {
    holdings.sort_unstable();
    let mut left = room;
    for (index, held) in holdings.iter().enumerate() {
        let share = left / (holdings.len() - index);
        if *held > share {
            return Some(share);
        }
        left -= held;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::even_share;

    #[test]
    fn shares_are_even_for_those_that_want_more() {
        assert_eq!(even_share(vec![], 0), None);
        assert_eq!(even_share(vec![3, 4, 3], 10), None);
        assert_eq!(even_share(vec![11], 10), Some(10));
        assert_eq!(even_share(vec![100, 100], 30), Some(15));
        assert_eq!(even_share(vec![5, 100, 10, 10], 45), Some(20));
        assert_eq!(even_share(vec![1, 1, 1], 2), Some(0));
    }
}
