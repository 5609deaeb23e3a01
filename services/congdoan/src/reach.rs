//! How a command reaches a system: who speaks, where, and what the command before it has seen.

use anyhow::Context;
use proto::reporting::v1::ListIndicatorsRequest;
use system::Client;
use system::client::NoLine;
use system::token::{self, NotGiven};
use tonic::Status;
use tonic_types::StatusExt;

use crate::cli::Gateway;
use crate::fault::{GATEWAY_AWAY, ISSUER_AWAY, fault};
use crate::kept::Kept;
use crate::language::{current, tell};
use crate::running::{Running, advised};

/// The reason with which a consistency token is refused that another system made.
const SEEN_TOKEN_INVALID: &str = "SEEN_TOKEN_INVALID";

impl Gateway {
    /// Connects, asking the running system for what was not given, and takes up where the
    /// command before left off: what that one has seen, this one waits for. What was kept of
    /// another system, which this gateway does not understand, is forgotten.
    pub async fn connect(&self) -> anyhow::Result<Client> {
        let (mut client, gateway) = self.connect_anew().await?;
        let kept = Kept::of(&self.data, &gateway);
        if let Some(seen) = kept.read() {
            client = client.having_seen(seen);
            let asked = client.figures().list_indicators(ListIndicatorsRequest {}).await;
            if asked.is_err_and(|status| reason(&status).as_deref() == Some(SEEN_TOKEN_INVALID)) {
                client.forget();
                kept.forget();
            }
        }
        Ok(client.keeping(move |seen| kept.keep(seen)))
    }

    /// Connects as somebody who has seen nothing, and waits for nothing.
    pub async fn connect_without_waiting(&self) -> anyhow::Result<Client> {
        Ok(self.connect_anew().await?.0)
    }

    /// Connects; answers the gateway too.
    async fn connect_anew(&self) -> anyhow::Result<(Client, String)> {
        if let (Some(gateway), Some(token)) = (&self.gateway, &self.token) {
            return Ok((line_to(gateway, token).await?, gateway.clone()));
        }
        let running = Running::read(&self.data)?;
        let gateway = self.gateway.as_ref().unwrap_or(&running.gateway);
        let token = match &self.token {
            Some(token) => token.clone(),
            None => {
                let subject = self.subject.as_ref().or(running.administrator.as_ref());
                let subject = subject.with_context(|| {
                    let bootstrap = advised("bootstrap --subject me", &self.data);
                    tell!(
                        "hệ thống này chưa có người quản trị: chạy `{bootstrap}`, hoặc ghi bạn là \
                         ai bằng --subject",
                        "nobody has bootstrapped this system yet: run `{bootstrap}`, or say who \
                         you are with --subject"
                    )
                })?;
                token_of(&running.issuer, subject).await?
            }
        };
        Ok((line_to(gateway, &token).await?, gateway.clone()))
    }
}

/// A line of calls that asks for answers in the language of this process.
async fn line_to(gateway: &str, token: &str) -> anyhow::Result<Client> {
    let line = Client::connect(gateway, token).await.map_err(|error| match error {
        NoLine::NoAddress => anyhow::Error::msg(tell!(
            "{gateway} không phải là địa chỉ",
            "{gateway} is not an address"
        )),
        NoLine::Nobody => fault(
            GATEWAY_AWAY,
            tell!(
                "không có hệ thống nào trả lời ở {gateway}; nó có đang chạy không?",
                "no system answers at {gateway}; is it running?"
            ),
        ),
        NoLine::NoToken => anyhow::Error::msg(tell!(
            "mã truy cập có ký tự lạ; nó chỉ gồm chữ cái không dấu, chữ số và dấu chấm",
            "the access token has strange characters; it is letters, digits and full stops"
        )),
    })?;
    Ok(line.speaking(current().tag()))
}

/// An access token of a development issuer for a subject.
pub async fn token_of(issuer: &str, subject: &str) -> anyhow::Result<String> {
    token::ask(issuer, subject).await.map_err(|error| {
        let said = match error {
            NotGiven::Nobody => {
                return fault(
                    ISSUER_AWAY,
                    tell!(
                        "không có ai cấp mã ở {issuer}; hệ thống có đang chạy không?",
                        "nobody gives tokens at {issuer}; is the system running?"
                    ),
                );
            }
            NotGiven::NoAddress => tell!(
                "{issuer} không phải là địa chỉ như http://127.0.0.1:1234",
                "{issuer} is no address such as http://127.0.0.1:1234"
            ),
            NotGiven::Silent => tell!(
                "nơi cấp mã ở {issuer} không trả lời",
                "the issuer at {issuer} does not answer"
            ),
            NotGiven::Refused(said) => {
                tell!("nơi cấp mã từ chối: {said}", "the development issuer refused: {said}")
            }
            NotGiven::NoIssuer => tell!(
                "ở {issuer} không phải nơi cấp mã thử nghiệm",
                "there is no development issuer at {issuer}"
            ),
        };
        anyhow::Error::msg(said)
    })
}

/// The reason of a refusal, where it has one.
fn reason(status: &Status) -> Option<String> {
    status.get_error_details().error_info().map(|info| info.reason.clone())
}
