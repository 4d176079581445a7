//! [`Validity`]: the days on which a name counts.

use crate::{date, error::Error};
use std::fmt;

/// The days of documents on which an alias counts, the first and the last among them. Documents without a date know no validity.
///
/// ```
/// use wiretag::Validity;
/// let validity = Validity::new(Some("2014"), Some("2018-04"))?;
/// assert_eq!(validity.to_string(), "from 2014-01-01; until 2018-04-30");
/// assert!(Validity::new(Some("2019"), Some("2018")).is_err());
/// # Ok::<(), wiretag::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Validity {
    /// Both as numbers: 20180419.
    pub(super) first: u32,
    pub(super) last: u32,
}

impl Default for Validity {
    /// All days.
    fn default() -> Validity {
        Validity {
            first: 0,
            last: u32::MAX,
        }
    }
}

impl Validity {
    /// From a day until another, both among them: `2018-04-19`, or a month or a year, of which the first takes its first day and the
    /// second its last. Without a day it is open on that side.
    ///
    /// # Errors
    /// What is no date, and a last day before the first.
    pub fn new(from: Option<&str>, until: Option<&str>) -> Result<Validity, Error> {
        let bound = |text: &str| {
            let days = date::days(text);
            days.ok_or_else(|| {
                Error::invalid(format!(
                    "a date is 2018-04-19, 2018-04 or 2018, not {text:?}"
                ))
            })
        };
        let mut validity = Validity::default();
        if let Some(from) = from {
            validity.first = bound(from)?.0;
        }
        if let Some(until) = until {
            validity.last = bound(until)?.1;
        }
        if validity.first > validity.last {
            return Err(Error::invalid(format!(
                "{validity} holds no day: the first comes behind the last"
            )));
        }
        Ok(validity)
    }

    /// Are these all days?
    pub fn is_always(self) -> bool {
        self == Validity::default()
    }

    /// Does it hold a day, a number such as 20180419?
    pub(crate) fn holds(self, day: u32) -> bool {
        (self.first..=self.last).contains(&day)
    }

    /// Did it end before a day?
    pub(super) fn ended_before(self, day: u32) -> bool {
        self.last < day
    }

    /// Does it hold all days of another one?
    pub(super) fn covers(self, other: Validity) -> bool {
        self.first <= other.first && self.last >= other.last
    }

    /// Is there a day that both hold?
    pub(super) fn meets(self, other: Validity) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

impl fmt::Display for Validity {
    /// As a list writes it; nothing for all days.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = |n: u32| format!("{:04}-{:02}-{:02}", n / 10_000, n / 100 % 100, n % 100);
        let open = Validity::default();
        if self.first > open.first {
            write!(f, "from {}", day(self.first))?;
        }
        if self.last < open.last {
            let between = if self.first > open.first { "; " } else { "" };
            write!(f, "{between}until {}", day(self.last))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Validity;

    #[test]
    fn days_months_and_years_are_bounds() {
        let of = |from, until| Validity::new(from, until).map(|v| v.to_string());
        assert_eq!(of(None, None).unwrap(), "");
        assert_eq!(of(Some("2018-04-19"), None).unwrap(), "from 2018-04-19");
        assert_eq!(of(None, Some("2020-02")).unwrap(), "until 2020-02-29");
        assert_eq!(of(None, Some("0476")).unwrap(), "until 0476-12-31");
        for bad in [
            "",
            "18",
            "2018-13",
            "2018-02-30",
            "2018-4",
            "20180419",
            "2018-04-19T00",
            "-2018",
            "２０１８",
        ] {
            assert!(of(Some(bad), None).is_err(), "{bad}");
        }
        let empty = of(Some("2018-04-20"), Some("2018-04-19")).unwrap_err();
        assert_eq!(
            empty.to_string(),
            "from 2018-04-20; until 2018-04-19 holds no day: the first comes behind the last"
        );
    }
}
