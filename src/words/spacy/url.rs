//! URLs, host names and mail addresses, as spaCy keeps them whole.

use super::classes::is_lower;

/// Is the whole of it `scheme://user@host:port/path`? All but the host may be missing.
pub(super) fn is_url(text: &str) -> bool {
    if !text.contains('.') {
        return false;
    }
    let has_scheme = text
        .split_once("://")
        .filter(|(scheme, _)| is_scheme(scheme));
    let starts = [Some(text), has_scheme.map(|(_, rest)| rest)];
    starts.into_iter().flatten().any(|rest| {
        // Any `@` but the first character may be the end of a user's name.
        let behind_user = rest.match_indices('@').filter(|(at, _)| *at > 0);
        is_address(rest)
            || behind_user
                .into_iter()
                .any(|(at, _)| is_address(&rest[at + 1..]))
    })
}

fn is_scheme(text: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '+' | '-' | '.');
    text.chars().all(is_word) && text.chars().nth(1).is_some()
}

/// A host, perhaps with a port and a path.
fn is_address(text: &str) -> bool {
    // No host has an `@`; to stop there keeps the time linear, for each of them may end a user's name.
    let end = text.find([':', '/', '?', '#', '@']).unwrap_or(text.len());
    let (host, rest) = text.split_at(end);
    let path = match rest.strip_prefix(':') {
        Some(port) => {
            let digits = port.chars().take_while(|c| c.is_ascii_digit()).count();
            if !(2..=5).contains(&digits) {
                return false;
            }
            &port[digits..]
        }
        None => rest,
    };
    (path.is_empty() || path.starts_with(['/', '?', '#'])) && (is_host(host) || is_public_ip(host))
}

fn is_host(host: &str) -> bool {
    let Some((labels, top)) = host.rsplit_once('.') else {
        return false;
    };
    let is_top = (2..=63).contains(&top.chars().count()) && top.chars().all(is_lower);
    is_top && labels.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let is_end = |c: char| c.is_ascii_alphanumeric() || matches!(c, '\u{a1}'..='\u{ffff}');
    label.starts_with(is_end)
        && label.ends_with(is_end)
        && label.chars().all(|c| is_end(c) || matches!(c, '_' | '-'))
        && label.chars().count() <= 64
}

/// An address of the internet, none of private networks.
fn is_public_ip(host: &str) -> bool {
    let parts: Vec<&str> = host.split('.').collect();
    let [a, b, c, d] = parts[..] else {
        return false;
    };
    let octet = |s: &str| {
        let plain = (1..=3).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
        s.parse::<u8>().ok().filter(|_| plain)
    };
    let is_end = |s: &str, most: u8| {
        !s.starts_with('0') && octet(s).is_some_and(|n| (1..=most).contains(&n))
    };
    let is_middle = |s: &str| octet(s).is_some() && !(s.len() == 3 && s.starts_with('0'));
    let private = match (a, octet(b)) {
        ("10" | "127", _) | ("169", Some(254)) | ("192", Some(168)) => true,
        ("172", Some(n)) => (16..=31).contains(&n),
        _ => false,
    };
    !private && is_end(a, 223) && is_middle(b) && is_middle(c) && is_end(d, 254)
}
