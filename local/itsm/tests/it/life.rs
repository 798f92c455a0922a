//! `itsm seed --incidents N`
use itsm::seed::life::seed;
use testkit::desk;

/// Indexes of the tables that are filled without them.
const INDEXES: &str = "select indexname from pg_indexes where tablename in ('tickets', 'events', 'comments', 'watchers') order by 1";

#[tokio::test]
async fn lifelike_incidents_are_such_as_the_desk_makes() {
    desk(async |desk| {
        let one = |sql: &'static str| async move { desk.rows(sql).await.concat() };
        let indexes = desk.rows(INDEXES).await;
        seed(&desk.database.owner_url, 2_000).await.unwrap();
        assert_eq!(desk.rows(INDEXES).await, indexes);
        assert_eq!(one("select count(*)::text from tickets").await, "2000");
        assert_eq!(one("select count(*) filter (where restricted) || ' of ' || count(*) from teams").await, "3 of 40");
        assert_eq!(one("select (count(*) filter (where state = 'closed') > 1800)::text from tickets").await, "true");
        assert_eq!(one("select count(*)::text from jobs").await, "0");
        // Checked here, because the seed itself may leave checks out.
        assert_eq!(one("select count(*)::text from tickets t left join users u on u.id = t.caller_id left join users o on o.id = t.opened_by where u is null or o is null").await, "0");
        assert_eq!(one("select count(*)::text from tickets t join tickets p on p.id = t.parent_id where p.parent_id is not null or p.id = t.id").await, "0");
        assert_eq!(one("select count(*)::text from tickets where parent_id is not null and parent_id not in (select id from tickets)").await, "0");
        assert_eq!(one("select count(*)::text from tickets t join teams g on g.id = t.assignment_group where g.restricted <> (t.restricted_to is not null)").await, "0");
        assert_eq!(one("select count(*)::text from tickets t where version <> (select max(version) from events e where e.ticket_id = t.id)").await, "0");
        // The next one raised goes past them.
        let agent = desk.person("agent").await;
        let raised = agent.post("/v1/incidents", serde_json::json!({"short_description": "x"})).await.json();
        assert_eq!(raised["number"], "INC0002001");
        let listed = agent.get("/v1/incidents?sort=-number&limit=200&count=true").await.json();
        assert!(listed["total"].as_i64().unwrap() > 1_500, "{listed}");
    })
    .await;
}
