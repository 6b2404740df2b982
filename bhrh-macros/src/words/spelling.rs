//! Which known name a misspelt word was most likely meant to be.

/// The candidate that is nearest to `word`, if it is at most `limit` slips away.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    limit: usize,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(slips, _)| *slips <= limit)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be added, dropped, changed or swapped with their neighbour to get from
/// one word to the other (the "optimal string alignment" distance).
pub(crate) fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    // Three rows of the usual table: the swap looks two rows back.
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let changed = above[j] + usize::from(a != b);
            let mut least = changed.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_slip_counts_once() {
        for (from, to, slips) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("log_message", "log_message", 0),
            ("log_mesage", "log_message", 1),
            ("log_messages", "log_message", 1),
            ("log_massage", "log_message", 1),
            ("log_emssage", "log_message", 1),
            ("handle_one_requst", "handle_one_request", 1),
            ("log_error", "log_debug", 5),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(from, to), slips, "{from} -> {to}");
            assert_eq!(distance(to, from), slips, "{to} -> {from}");
        }
    }

    #[test]
    fn the_nearest_within_the_limit() {
        let known = ["log_error", "send_error", "end_headers"];
        assert_eq!(nearest("send_eror", known, 2), Some("send_error"));
        assert_eq!(nearest("end_header", known, 2), Some("end_headers"));
        assert_eq!(nearest("unrelated", known, 2), None);
    }
}
