//! The statements of the list, each order a text of its own: a plan must know its index. Put together when first asked for, and once: as
//! constants they would be a sixth of the component.
use std::sync::{LazyLock, OnceLock};

use super::joined::joined;
use super::sort::Sort;

/// The pages of one order: for those who see more than their own, the same with what their teams alone see, the same where the filters are
/// narrower than the order, and for requesters.
pub(crate) struct Pages {
    pub(crate) all: String,
    pub(crate) rooms: String,
    pub(crate) narrow: String,
    pub(crate) own: String,
}

const FILTERS: (&str, &str) = ("filters", include_str!("../../sql/parts/filters.sql"));
const PAGE: (&str, &str) = ("page", include_str!("../../sql/parts/page.sql"));
const ROOMS: (&str, &str) = ("rooms", include_str!("../../sql/parts/rooms.sql"));
/// An incident of a page where nothing is expanded, and where something may be.
const PLAIN: (&str, &str) = ("item", "      row_to_json(body)\n");
const EITHER: (&str, &str) = ("item", "      case when $2::text is null then row_to_json(body) else\n--: expanded\n      end\n");
const EXPANDED: (&str, &str) = ("expanded", include_str!("../../sql/parts/expanded.sql"));
/// Who asks. The planner calls the function while it estimates, which is worth its price where a plan depends on the person; a requester's
/// does not, and there it would be called for each row.
const ASKER: (&str, &str) = ("asker", "      asking($1::text::uuid)\n");
const ASKER_OF_OWN: (&str, &str) = ("asker", "      (select id from me)\n");

impl Pages {
    fn of(sort: Sort, is_expanded: bool) -> Self {
        let (after, order) = order(sort);
        let item = if is_expanded { EITHER } else { PLAIN };
        let (after, order) = (format!("{after}\n"), format!("{order}\n"));
        let whole = |template, asker| joined(template, &[FILTERS, asker, PAGE, item, ROOMS, EXPANDED, ("after", &after), ("order", &order)]);
        Self {
            all: whole(include_str!("../../sql/list.sql"), ASKER),
            rooms: whole(include_str!("../../sql/list_rooms.sql"), ASKER),
            narrow: whole(include_str!("../../sql/list_narrow.sql"), ASKER),
            own: whole(include_str!("../../sql/list_own.sql"), ASKER_OF_OWN),
        }
    }
}

/// What comes after a cursor's position, and in which order.
fn order(sort: Sort) -> (&'static str, &'static str) {
    match sort {
        Sort::NewestOpened => {
            ("and ($30::text is null or (t.opened_at, t.id) < ($30::text::timestamptz, $31::text::uuid))", "order by t.opened_at desc, t.id desc")
        }
        Sort::OldestOpened => {
            ("and ($30::text is null or (t.opened_at, t.id) > ($30::text::timestamptz, $31::text::uuid))", "order by t.opened_at, t.id")
        }
        Sort::NewestUpdated => {
            ("and ($30::text is null or (t.updated_at, t.id) < ($30::text::timestamptz, $31::text::uuid))", "order by t.updated_at desc, t.id desc")
        }
        Sort::OldestUpdated => {
            ("and ($30::text is null or (t.updated_at, t.id) > ($30::text::timestamptz, $31::text::uuid))", "order by t.updated_at, t.id")
        }
        // A number is unique; the id is compared because each order's cursor has one.
        Sort::HighestNumber => (
            "and ($30::text is null or (length(t.number), t.number, t.id) < (length($30::text), $30::text, $31::text::uuid))",
            "order by length(t.number) desc, t.number desc",
        ),
        Sort::LowestNumber => (
            "and ($30::text is null or (length(t.number), t.number, t.id) > (length($30::text), $30::text, $31::text::uuid))",
            "order by length(t.number), t.number",
        ),
        Sort::LeastUrgent => {
            ("and ($30::text is null or (t.priority, t.id) < ($30::text::smallint, $31::text::uuid))", "order by t.priority desc, t.id desc")
        }
        Sort::MostUrgent => ("and ($30::text is null or (t.priority, t.id) > ($30::text::smallint, $31::text::uuid))", "order by t.priority, t.id"),
        Sort::LatestDue => {
            ("and ($30::text is null or (t.due_at, t.id) < ($30::text::timestamptz, $31::text::uuid))", "order by t.due_at desc, t.id desc")
        }
        Sort::EarliestDue => ("and ($30::text is null or (t.due_at, t.id) > ($30::text::timestamptz, $31::text::uuid))", "order by t.due_at, t.id"),
    }
}

fn other(template: &str, asker: (&str, &str)) -> String {
    joined(template, &[FILTERS, asker, PAGE, EITHER, ROOMS, EXPANDED])
}

/// What a search finds, the best first: for those who see more than their own.
pub(crate) static SEARCH: LazyLock<String> = LazyLock::new(|| other(include_str!("../../sql/search.sql"), ASKER));
/// The same for requesters.
pub(crate) static SEARCH_OWN: LazyLock<String> = LazyLock::new(|| other(include_str!("../../sql/search_own.sql"), ASKER_OF_OWN));
/// How many there are, for those who see more than their own.
pub(crate) static COUNT: LazyLock<String> = LazyLock::new(|| other(include_str!("../../sql/count.sql"), ASKER));
/// The same for requesters.
pub(crate) static COUNT_OWN: LazyLock<String> = LazyLock::new(|| other(include_str!("../../sql/count_own.sql"), ASKER_OF_OWN));
/// One incident with small objects of what it names.
pub(crate) static GET_EXPANDED: LazyLock<String> = LazyLock::new(|| other(include_str!("../../sql/get_expanded.sql"), ASKER));

static PAGES: [[OnceLock<Pages>; 2]; Sort::ALL.len()] = [const { [const { OnceLock::new() }; 2] }; Sort::ALL.len()];

/// The pages in this order; what is expanded is planned for only where it is asked for.
pub(crate) fn pages(sort: Sort, is_expanded: bool) -> &'static Pages {
    PAGES[sort as usize][usize::from(is_expanded)].get_or_init(|| Pages::of(sort, is_expanded))
}

/// The first page of the list where nothing is said, for those who see more than their own: what `make bench` measures.
pub fn newest() -> &'static str {
    &pages(Sort::NewestOpened, false).all
}

/// Every statement that is put together, for the test that prepares them: the files alone are not whole.
pub fn statements() -> Vec<&'static str> {
    let ordered = Sort::ALL.into_iter().flat_map(|sort| [false, true].map(|is_expanded| pages(sort, is_expanded)));
    let ordered = ordered.flat_map(|pages| [&pages.all, &pages.rooms, &pages.narrow, &pages.own]);
    ordered.chain([&*SEARCH, &COUNT, &SEARCH_OWN, &COUNT_OWN, &GET_EXPANDED]).map(String::as_str).collect()
}
