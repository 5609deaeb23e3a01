//! The book of an organisation and a period: opening + in - out = closing.
//!
//! Opening and closing are counted from the stocks, movements from the flows, each by itself: that they agree is a statement about the data, not about the arithmetic.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::columns::Snapshot;
use crate::ground::fact::Code;
use crate::ground::figure::counting::Counting;
use crate::ground::figure::scope::Scope;
use crate::ground::figure::source::Source;
use crate::ground::period::Period;
use crate::ground::reference::Reference;
use crate::ground::refused::Refused;

/// One kind of movement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The source, for example `MBR_EXITED`.
    pub movement: &'static str,
    /// The reason of exits, the kind of ends; else empty.
    pub reason: String,
    /// What it is called in Vietnamese.
    pub name_vi: String,
    /// Whether it raises the stock.
    pub comes: bool,
    /// How many.
    pub amount: i64,
}

/// The book of members, or of unions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    /// At the end of the day before the period.
    pub opening: i64,
    /// Movements that there were.
    pub lines: Vec<Line>,
    /// At the end of the last day.
    pub closing: i64,
}

impl Book {
    /// All that came.
    pub fn total_in(&self) -> i64 {
        self.lines.iter().filter(|line| line.comes).map(|line| line.amount).sum()
    }

    /// All that went.
    pub fn total_out(&self) -> i64 {
        self.lines.iter().filter(|line| !line.comes).map(|line| line.amount).sum()
    }

    /// 0 in a book that balances.
    pub fn difference(&self) -> i64 {
        self.closing - (self.opening + self.total_in() - self.total_out())
    }
}

/// Both books.
pub struct Books {
    /// Members.
    pub members: Book,
    /// Grassroots unions; suspended ones are in stock.
    pub unions: Book,
}

impl Books {
    /// Counts both.
    pub async fn read(
        connection: &mut PgConnection,
        snapshot: &Snapshot,
        reference: &'static Reference,
        head: Uuid,
        as_of: Option<Date>,
        period: Period,
    ) -> Result<Self, Failure> {
        let scope = Scope::of(head, as_of);
        let mut counting = Counting::new(connection, snapshot, reference, scope, period);
        Ok(Self {
            members: members(&mut counting, period).await?,
            unions: unions(&mut counting, period).await?,
        })
    }

    /// Refuses what cannot be printed without contradicting itself.
    pub fn balanced(&self) -> Result<(), Refused> {
        for (book, name) in [(&self.members, "members"), (&self.unions, "unions")] {
            if book.difference() != 0 {
                return Err(Refused::BookUnbalanced { book: name, difference: book.difference() });
            }
        }
        Ok(())
    }
}

async fn members(counting: &mut Counting<'_>, period: Period) -> Result<Book, Failure> {
    let mut lines = Lines::default();
    for (code, name_vi) in [
        (Code::MembersAdmitted, "kết nạp mới"),
        (Code::MembersRecognised, "công nhận"),
        (Code::MembersReadmitted, "kết nạp lại"),
    ] {
        let count = counting.source(&Source::Flow(code, Vec::new())).await?;
        lines.comes(code.as_str(), name_vi, count.total);
    }
    let transferred_in = counting.source(&Source::TransferredIn).await?.total;
    lines.comes(Code::TransferIn.as_str(), "chuyển đến", transferred_in);
    let in_with_unit = counting.source(&Source::MembersInWithUnit).await?.total;
    lines.comes("MBR_IN_WITH_UNIT", "đến theo đơn vị", in_with_unit);
    for (reason, amount) in counting.by_reason(Code::MembersExited).await? {
        let name_vi = exit_name(&reason);
        lines.goes(Code::MembersExited.as_str(), reason, name_vi, amount);
    }
    let transferred_out = counting.source(&Source::TransferredOut).await?.total;
    lines.goes(Code::TransferOut.as_str(), String::new(), "chuyển đi", transferred_out);
    let out_with_unit = counting.source(&Source::MembersOutWithUnit).await?.total;
    lines.goes("MBR_OUT_WITH_UNIT", String::new(), "đi theo đơn vị", out_with_unit);
    Ok(Book {
        opening: counting.members_at(period.eve()).await?.total,
        lines: lines.0,
        closing: counting.members_at(period.through).await?.total,
    })
}

async fn unions(counting: &mut Counting<'_>, period: Period) -> Result<Book, Failure> {
    let mut lines = Lines::default();
    for (code, name_vi) in [
        (Code::UnionFounded, "thành lập mới"),
        (Code::UnionLoaded, "ghi nhận đã có"),
        (Code::UnionBecame, "chuyển thành công đoàn cơ sở"),
    ] {
        let count = counting.source(&Source::Flow(code, Vec::new())).await?;
        lines.comes(code.as_str(), name_vi, count.total);
    }
    let unions_in = counting.source(&Source::UnionsIn).await?.total;
    lines.comes("ORG_IN", "tiếp nhận", unions_in);
    for (reason, amount) in counting.by_reason(Code::UnionEnded).await? {
        let name_vi = end_name(&reason);
        lines.goes(Code::UnionEnded.as_str(), reason, name_vi, amount);
    }
    let code = Code::UnionCeased;
    let ceased = counting.source(&Source::Flow(code, Vec::new())).await?.total;
    lines.goes(code.as_str(), String::new(), "chuyển sang loại hình khác", ceased);
    let unions_out = counting.source(&Source::UnionsOut).await?.total;
    lines.goes("ORG_OUT", String::new(), "bàn giao đi", unions_out);
    Ok(Book {
        opening: counting.unions_at(period.eve()).await?.total,
        lines: lines.0,
        closing: counting.unions_at(period.through).await?.total,
    })
}

#[derive(Default)]
struct Lines(Vec<Line>);

impl Lines {
    fn comes(&mut self, movement: &'static str, name_vi: &str, amount: i64) {
        self.push(movement, String::new(), name_vi, true, amount);
    }

    fn goes(&mut self, movement: &'static str, reason: String, name_vi: &str, amount: i64) {
        self.push(movement, reason, name_vi, false, amount);
    }

    fn push(
        &mut self,
        movement: &'static str,
        reason: String,
        name_vi: &str,
        comes: bool,
        amount: i64,
    ) {
        if amount != 0 {
            self.0.push(Line { movement, reason, name_vi: name_vi.to_string(), comes, amount });
        }
    }
}

/// The reasons of membership's feed, in Vietnamese.
fn exit_name(reason: &str) -> &'static str {
    match reason {
        "RESIGNED" => "xin ra khỏi công đoàn",
        "EXPELLED" => "khai trừ",
        "DIED" => "từ trần",
        "RETIRED" => "nghỉ hưu",
        "LEFT_EMPLOYMENT" => "thôi việc",
        "BECAME_MANAGER" => "giữ chức vụ quản lý doanh nghiệp ngoài nhà nước",
        "UNION_ENDED" => "công đoàn kết thúc hoạt động",
        "LEFT_SCOPE" => "chuyển sang tổ chức ngoài công đoàn",
        "EMIGRATED" => "ra nước ngoài",
        _ => "lý do khác",
    }
}

/// The kinds of ends of registry's feed, in Vietnamese.
fn end_name(kind: &str) -> &'static str {
    match kind {
        "DISSOLVED" => "giải thể",
        "MERGED" => "sáp nhập",
        "CONSOLIDATED" => "hợp nhất",
        "DIVIDED" => "chia tách",
        "TERMINATED" => "chấm dứt hoạt động",
        _ => "kết thúc khác",
    }
}
