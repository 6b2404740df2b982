//! The authority, spoken to by `instant-acme`: an account, and orders for certificates.

use std::error::Error;
use std::fs;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Collected};
use instant_acme::{
    Account, AccountBuilder, AuthorizationStatus, BodyWrapper, BytesResponse, ChallengeType,
    HttpClient, Identifier, NewAccount, NewOrder, OrderStatus, RetryPolicy,
};
use ureq::Agent;
use ureq::http::{Request, Response};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::challenges::Challenges;
use crate::options::Options;
use crate::store::Store;

/// How long the authority may take for a request.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long it may take to look at the challenges, and then to sign.
const STEP: RetryPolicy = RetryPolicy::new().timeout(Duration::from_secs(120));

pub(crate) struct Authority {
    directory: String,
    contact: Vec<String>,
    domains: Vec<String>,
    challenges: Challenges,
    agent: Agent,
}

impl Authority {
    pub(crate) fn new(options: &Options, challenges: Challenges) -> Result<Self, Box<dyn Error>> {
        let mut tls = TlsConfig::builder();
        if let Some(file) = &options.authority_root {
            tls = tls
                .root_certs(RootCerts::new_with_certs(&[Certificate::from_pem(&fs::read(file)?)?]));
        }
        let agent = Agent::config_builder()
            .tls_config(tls.build())
            .timeout_global(Some(PATIENCE))
            // Errors of the protocol have a document, which is read.
            .http_status_as_error(false);
        Ok(Authority {
            directory: options.directory.clone(),
            contact: options.email.iter().map(|email| format!("mailto:{email}")).collect(),
            domains: options.domains.clone(),
            challenges,
            agent: agent.build().new_agent(),
        })
    }

    pub(crate) fn domains(&self) -> &[String] {
        &self.domains
    }

    /// A new certificate: the key, and then the chain, in PEM. This blocks.
    pub(crate) fn order(&self, store: &Store) -> Result<String, Box<dyn Error>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let result = runtime.block_on(async {
            let account = self.account(store).await?;
            self.order_by(&account).await
        });
        self.challenges.close_all();
        result
    }

    async fn account(&self, store: &Store) -> Result<Account, Box<dyn Error>> {
        if let Some(known) = store.account()? {
            return Ok(self.client().from_credentials(serde_json::from_slice(&known)?).await?);
        }
        let contact: Vec<&str> = self.contact.iter().map(String::as_str).collect();
        let new = NewAccount {
            contact: &contact,
            terms_of_service_agreed: true,
            only_return_existing: false,
        };
        let (account, credentials) =
            self.client().create(&new, self.directory.clone(), None).await?;
        store.keep_account(&serde_json::to_vec(&credentials)?)?;
        Ok(account)
    }

    async fn order_by(&self, account: &Account) -> Result<String, Box<dyn Error>> {
        let names: Vec<Identifier> = self.domains.iter().cloned().map(Identifier::Dns).collect();
        let mut order = account.new_order(&NewOrder::new(&names)).await?;
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization?;
            // An authority may remember for a while that a name was proven.
            if authorization.status == AuthorizationStatus::Valid {
                continue;
            }
            let challenge = authorization.challenge(ChallengeType::Http01);
            let mut challenge = challenge.ok_or("the authority offers no http-01")?;
            self.challenges.open(&challenge.token, challenge.key_authorization().as_str());
            challenge.set_ready().await?;
        }
        match order.poll_ready(&STEP).await? {
            OrderStatus::Ready => {}
            status => return Err(self.complaint(order, status).await),
        }
        let key = order.finalize().await?;
        let chain = order.poll_certificate(&STEP).await?;
        Ok(format!("{key}\n{chain}"))
    }

    /// Why an order was not accepted.
    async fn complaint(
        &self,
        mut order: instant_acme::Order,
        status: OrderStatus,
    ) -> Box<dyn Error> {
        let mut words = format!("the order is {status:?}");
        let mut authorizations = order.authorizations();
        while let Some(Ok(authorization)) = authorizations.next().await {
            let problems = authorization.challenges.iter().filter_map(|each| each.error.as_ref());
            for problem in problems {
                words += &format!("; {}: {problem}", authorization.identifier());
            }
        }
        words.into()
    }

    fn client(&self) -> AccountBuilder {
        Account::builder_with_http(Box::new(Blocking { agent: self.agent.clone() }))
    }
}

/// HTTP for `instant-acme` by a client that blocks. Nothing else runs on the thread, so the future
/// may block, too.
struct Blocking {
    agent: Agent,
}

impl HttpClient for Blocking {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, instant_acme::Error>> + Send>> {
        let agent = self.agent.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let Ok(body) = body.collect().await.map(Collected::to_bytes);
            let response = match body.is_empty() {
                true => agent.run(Request::from_parts(parts, ())),
                false => agent.run(Request::from_parts(parts, &*body)),
            };
            response.and_then(whole).map_err(|error| instant_acme::Error::Other(error.into()))
        })
    }
}

fn whole(response: Response<ureq::Body>) -> Result<BytesResponse, ureq::Error> {
    let (parts, mut body) = response.into_parts();
    Ok(BytesResponse { parts, body: Box::new(Bytes::from(body.read_to_vec()?)) })
}
