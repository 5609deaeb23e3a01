//! `congdoan load`, against the real system.

use proto::registry::v1::load_organisations_request::{Header, Lines, Part};
use proto::registry::v1::{
    BatchGetOrganisationsRequest, GetLoadRequest, GetOrganisationRequest, LoadOrganisationsRequest,
    OrganisationStatus,
};
use stage::made_up::on;
use tests::world::World;
use time::macros::date;
use tokio::sync::mpsc::channel;
use tokio_stream::wrappers::ReceiverStream;
use uuid::Uuid;

/// A district with this many unions, one of which merged into another.
fn tree(unions: usize) -> String {
    let mut tree = String::from(
        "code,name,type,sector,superior_code,founded_on,ended_on,end_kind,successor_code\n\
         D-1,Liên đoàn Lao động quận Một,LDLD_HUYEN,,T-01,2016-01-01,,,\n\
         U-OLD,Công đoàn cũ,CDCS,NNN_CP,D-1,2016-01-01,2020-01-01,MERGED,U-2\n",
    );
    for n in 0..unions {
        tree.push_str(&format!("U-{n},Công đoàn {n},CDCS,NNN_CP,D-1,2016-01-01,,,\n"));
    }
    tree
}

const HISTORY: &str = "of,from_on,code,name,status\n\
                       U-1,2019-01-01,,,ACTIVE\n\
                       U-1,2018-01-01,,,SUSPENDED\n\
                       U-3,2018-01-01,U-3M,Công đoàn Mới,\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_load_goes_on_where_it_broke_off_and_brings_the_history_along() {
    let world = World::start().await;
    let client = world.administrator();
    let lines = congdoan::load::read(tree(1_500).as_bytes(), Some(HISTORY.as_bytes()));
    let lines = lines.expect("read");
    let load_id = Uuid::new_v4();
    let header = Header { request_id: load_id.to_string(), ..Header::default() };

    // The line to the gateway breaks when 1,000 lines have arrived.
    let (sender, receiver) = channel(1);
    let sending = client.fork();
    let broken = tokio::spawn(async move {
        sending.organisations().load_organisations(ReceiverStream::new(receiver)).await
    });
    for part in
        [Part::Header(header.clone()), Part::Lines(Lines { lines: lines[..1_000].to_vec() })]
    {
        sender.send(LoadOrganisationsRequest { part: Some(part) }).await.expect("sent");
    }
    let arrived = async || {
        let request = GetLoadRequest { load_id: load_id.to_string() };
        client.organisations().get_load(request).await.expect("told").into_inner().lines_kept
    };
    while arrived().await < 1_000 {
        tokio::task::yield_now().await;
    }
    broken.abort();

    let sent = congdoan::load::send(&client, header.clone(), lines.clone()).await.expect("loaded");
    assert_eq!((sent.organisations, sent.kept, sent.before), (1_502, 1_000, false));
    let again = congdoan::load::send(&client, header, lines).await.expect("answered");
    assert_eq!((again.organisations, again.kept, again.before), (1_502, 0, true));

    let stood = async |code: &str, day| {
        let request = BatchGetOrganisationsRequest {
            codes: vec![code.to_owned()],
            as_of: on(day),
            ..BatchGetOrganisationsRequest::default()
        };
        let found = client.organisations().batch_get_organisations(request).await.expect("read");
        found.into_inner().organisations.remove(0)
    };
    let suspended = stood("U-1", date!(2018 - 06 - 01)).await;
    assert_eq!(suspended.status(), OrganisationStatus::Suspended);
    assert_eq!(stood("U-1", date!(2019 - 06 - 01)).await.status(), OrganisationStatus::Active);
    assert_eq!(stood("U-3", date!(2017 - 06 - 01)).await.name, "Công đoàn 3");
    assert_eq!(stood("U-3M", date!(2018 - 06 - 01)).await.name, "Công đoàn Mới");
    let heir = stood("U-2", date!(2020 - 01 - 01)).await;
    let old = stood("U-OLD", date!(2019 - 12 - 31)).await;
    let request = GetOrganisationRequest {
        organisation_id: old.organisation_id,
        ..GetOrganisationRequest::default()
    };
    let read = client.organisations().get_organisation(request).await.expect("read").into_inner();
    let ended = read.organisation.expect("an organisation");
    assert_eq!(ended.principal_successor_id, heir.organisation_id);
}
