//! Batches under way: started, watched, ended, read.

use super::limits::FINISHED_BATCHES;
use super::problem::Problem;
use super::random;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use volok::ledger::Tenant;

/// Where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Its orders are being decided.
    Running,
    /// There is a result.
    Done,
    /// It was ended before.
    Cancelled,
    /// It cannot be decided.
    Failed,
}

/// A batch as others see it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct JobView {
    /// What it is called.
    pub batch: String,
    /// Where it stands.
    pub state: JobState,
    /// Orders in it.
    pub orders: usize,
    /// Orders decided so far; decided together: how often each was planned, on average.
    pub done: usize,
    /// Of orders decided together: what the best answer so far costs, minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<i64>,
    /// Of orders decided together: no answer costs less, proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<i64>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

struct Told<R> {
    state: JobState,
    cost: Option<i64>,
    bound: Option<i64>,
    result: Option<R>,
    problem: Option<Problem>,
}

/// A batch.
pub struct Job {
    tenant: Tenant,
    orders: usize,
    done: AtomicUsize,
    cancelled: AtomicBool,
    told: Mutex<Told<Arc<[u8]>>>,
}

impl Job {
    /// Notes how far it has come; whether to go on.
    pub fn goes_on(&self, done: usize, worth: Option<(i64, i64)>) -> bool {
        self.done.store(done, Ordering::Relaxed);
        if let Some((cost, bound)) = worth {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            (told.cost, told.bound) = (Some(cost), Some(bound));
        }
        !self.is_cancelled()
    }

    /// Whether someone ended it.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Notes what came out.
    pub fn end(&self, result: Result<Vec<u8>, Problem>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match result {
            _ if self.is_cancelled() => told.state = JobState::Cancelled,
            Ok(result) => (told.state, told.result) = (JobState::Done, Some(result.into())),
            Err(problem) => (told.state, told.problem) = (JobState::Failed, Some(problem)),
        }
    }

    /// What came out: lines of JSON, if it is done.
    pub fn result(&self) -> Option<Arc<[u8]>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).result.clone()
    }

    fn view(&self, batch: &str) -> JobView {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        JobView {
            batch: batch.to_owned(),
            state: told.state,
            orders: self.orders,
            done: self.done.load(Ordering::Relaxed),
            cost: told.cost,
            bound: told.bound,
            problem: told.problem.clone(),
        }
    }

    fn is_running(&self) -> bool {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).state == JobState::Running
    }
}

/// All batches, in the order in which they were started.
#[derive(Default)]
pub struct Jobs {
    all: Mutex<Vec<(String, Arc<Job>)>>,
}

impl Jobs {
    /// A new batch, where so many may run at one time.
    pub fn start(&self, tenant: Tenant, orders: usize, most: usize) -> Result<(String, Arc<Job>), Problem> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if all.iter().filter(|(_, job)| job.is_running()).count() >= most {
            let detail = "as many batches are being decided as may be; come again when one is done";
            let status = StatusCode::TOO_MANY_REQUESTS;
            return Err(Problem::new(status, "batches_running", "Batches are running", detail).retry(5));
        }
        let mut ended: BTreeMap<Tenant, usize> = BTreeMap::new();
        let mut newest_first = all.iter().rev().cloned().collect::<Vec<_>>();
        newest_first.retain(|(_, job)| {
            let count = ended.entry(job.tenant).or_default();
            *count += usize::from(!job.is_running());
            job.is_running() || *count < FINISHED_BATCHES
        });
        newest_first.reverse();
        *all = newest_first;
        let batch = random::hex::<8>().ok_or_else(Problem::internal)?;
        let told = Told { state: JobState::Running, cost: None, bound: None, result: None, problem: None };
        let job = Arc::new(Job {
            tenant,
            orders,
            done: AtomicUsize::new(0),
            cancelled: AtomicBool::new(false),
            told: Mutex::new(told),
        });
        all.push((batch.clone(), job.clone()));
        Ok((batch, job))
    }

    /// A batch of a tenant.
    pub fn find(&self, tenant: Tenant, batch: &str) -> Result<Arc<Job>, Problem> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().find(|(name, job)| name == batch && job.tenant == tenant);
        found.map(|(_, job)| job.clone()).ok_or_else(|| Problem::missing("batch"))
    }

    /// A batch of a tenant, as others see it.
    pub fn view(&self, tenant: Tenant, batch: &str) -> Result<JobView, Problem> {
        Ok(self.find(tenant, batch)?.view(batch))
    }

    /// Ends a batch; ended ones stay as they are.
    pub fn cancel(&self, tenant: Tenant, batch: &str) -> Result<JobView, Problem> {
        let job = self.find(tenant, batch)?;
        if job.is_running() {
            job.cancelled.store(true, Ordering::Relaxed);
        }
        Ok(job.view(batch))
    }

    /// Ends all batches.
    pub fn cancel_all(&self) {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().for_each(|(_, job)| job.cancelled.store(true, Ordering::Relaxed));
    }
}
