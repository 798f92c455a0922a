//! What an answer means: delivered, or when the next attempt comes and for how long there will be any. Pure.

/// Seconds after the first failures in a row; from then on the last.
const WAITS: [i64; 7] = [5, 30, 120, 300, 900, 1800, 3600];
/// Seconds of attempts after which one that fails again makes a delivery dead.
const DELIVERY: i64 = 24 * 3600;
/// Seconds of failures after which an endpoint is disabled.
const ENDPOINT: i64 = 3 * 24 * 3600;

/// What the endpoint's record was before the attempt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record {
    /// In a row.
    pub(crate) failures: i64,
    /// Seconds since the first of them.
    pub(crate) failing_for: i64,
    /// Seconds since the delivery's first attempt.
    pub(crate) tried_for: i64,
}

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It was taken.
    Delivered,
    /// It was not.
    Failed {
        /// Seconds until this endpoint is tried again.
        wait: i64,
        /// The delivery is given up, and the next one is the first.
        is_dead: bool,
        /// The endpoint gets nothing any more, and why.
        disabled: Option<&'static str>,
    },
}

impl Record {
    /// Any 2xx is delivered; everything else is not, redirects included. 410 says that nobody will ever listen there again.
    pub(crate) fn judge(self, status: Option<u16>) -> Verdict {
        let disabled = match status {
            Some(200..=299) => return Verdict::Delivered,
            Some(410) => Some("it answered 410 Gone"),
            _ if self.failing_for >= ENDPOINT => Some("it failed for three days"),
            _ => None,
        };
        let step = usize::try_from(self.failures).unwrap_or_default().min(WAITS.len() - 1);
        Verdict::Failed { wait: WAITS[step], is_dead: self.tried_for >= DELIVERY, disabled }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fresh() -> Record {
        Record { failures: 0, failing_for: 0, tried_for: 0 }
    }

    #[test]
    fn only_2xx_is_delivered_and_410_ends_it() {
        for status in [200, 202, 204, 299] {
            assert_eq!(fresh().judge(Some(status)), Verdict::Delivered);
        }
        for status in [None, Some(100), Some(301), Some(307), Some(400), Some(404), Some(429), Some(500)] {
            assert_eq!(fresh().judge(status), Verdict::Failed { wait: 5, is_dead: false, disabled: None }, "{status:?}");
        }
        assert!(matches!(fresh().judge(Some(410)), Verdict::Failed { disabled: Some(_), .. }));
    }

    /// An endpoint that never answers: when each attempt comes, what dies, and when it ends.
    #[test]
    fn a_delivery_is_tried_for_a_day_and_an_endpoint_for_three() {
        let (mut now, mut first, mut record, mut attempts, mut dead) = (0, 0, fresh(), 0, Vec::new());
        loop {
            attempts += 1;
            let Verdict::Failed { wait, is_dead, disabled } = record.judge(None) else { unreachable!() };
            if is_dead {
                dead.push((attempts, now - first));
                attempts = 0;
                first = now + wait;
            }
            if disabled.is_some() {
                break;
            }
            now += wait;
            record = Record { failures: record.failures + 1, failing_for: now, tried_for: now - first };
        }
        assert_eq!(dead.iter().map(|(attempts, _)| *attempts).collect::<Vec<_>>(), [31, 25]);
        assert!(dead.iter().all(|(_, after)| (24 * 3600..25 * 3600).contains(after)), "{dead:?}");
        assert!((72 * 3600..73 * 3600).contains(&now), "{now}");
    }

    proptest! {
        #[test]
        fn waits_only_grow(failures in 0_i64..1000, failing_for in 0_i64..ENDPOINT) {
            let wait = |failures| match (Record { failures, failing_for, tried_for: 0 }).judge(None) {
                Verdict::Failed { wait, .. } => wait,
                Verdict::Delivered => 0,
            };
            prop_assert!(wait(failures) <= wait(failures + 1) && wait(failures) >= 5);
        }
    }
}
