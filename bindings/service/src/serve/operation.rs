//! One list of all operations: the router and the OpenAPI document are both made of it, so neither can lag behind.

use super::access::Scope;
use super::gate::{self, Guard};
use super::problem::Problem;
use super::service::Shared;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::MethodRouter;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};
use std::convert::Infallible;

type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// How long an operation may take, and how much it may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// A usual body, within the deadline.
    Usual,
    /// A large body, within many deadlines.
    Bulk,
    /// It waits for something to happen: no deadline, and it takes no place meanwhile.
    Waits,
}

/// Which of several replicas answers an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Any, as of the operation it has come to.
    Any,
    /// The one that writes; the others pass it on.
    Writer,
}

struct Answer {
    status: u16,
    description: &'static str,
    media: &'static str,
    schema: Option<SchemaOf>,
    echoed: bool,
    headers: &'static [&'static str],
}

struct Asked {
    media: &'static str,
    schema: SchemaOf,
    example: Value,
}

/// One operation.
pub struct Operation {
    method: &'static str,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    tag: &'static str,
    scope: Option<Scope>,
    pace: Pace,
    by: By,
    writes: bool,
    versioned: bool,
    query: Option<SchemaOf>,
    body: Option<Asked>,
    answers: Vec<Answer>,
    refusals: Vec<u16>,
    handler: MethodRouter<Shared>,
}

const JSON: &str = "application/json";

impl Operation {
    /// An operation that wants a scope, or none.
    pub fn new(
        (method, path): (&'static str, &'static str),
        (tag, id): (&'static str, &'static str),
        summary: &'static str,
        scope: Option<Scope>,
        handler: MethodRouter<Shared>,
    ) -> Operation {
        Operation {
            method,
            path,
            id,
            summary,
            tag,
            scope,
            pace: Pace::Usual,
            by: By::Any,
            writes: false,
            versioned: false,
            query: None,
            body: None,
            answers: Vec::new(),
            refusals: Vec::new(),
            handler,
        }
    }

    /// It reads a JSON body; the example is a right one.
    pub fn takes<T: JsonSchema>(self, example: Value) -> Operation {
        self.takes_as::<T>(JSON, example)
    }

    /// It reads a body of another kind.
    pub fn takes_as<T: JsonSchema>(mut self, media: &'static str, example: Value) -> Operation {
        self.body = Some(Asked { media, schema: schema_of::<T>, example });
        self
    }

    /// It reads what stands behind the question mark.
    pub fn queried<T: JsonSchema>(mut self) -> Operation {
        self.query = Some(schema_of::<T>);
        self
    }

    /// It answers so when all is well.
    pub fn gives<T: JsonSchema>(self, status: u16, description: &'static str) -> Operation {
        self.gives_as(status, description, JSON, Some(schema_of::<T>))
    }

    /// It answers with something that is no JSON document.
    pub fn gives_text(self, status: u16, description: &'static str, media: &'static str) -> Operation {
        self.gives_as(status, description, media, None)
    }

    fn gives_as(
        mut self,
        status: u16,
        description: &'static str,
        media: &'static str,
        schema: Option<SchemaOf>,
    ) -> Operation {
        self.answers.push(Answer { status, description, media, schema, echoed: false, headers: &[] });
        self
    }

    /// The answer told last is a document as some client sent it.
    pub fn echoed(mut self) -> Operation {
        if let Some(answer) = self.answers.last_mut() {
            answer.echoed = true;
        }
        self
    }

    /// Headers of the answer told last.
    pub fn with_headers(mut self, headers: &'static [&'static str]) -> Operation {
        if let Some(answer) = self.answers.last_mut() {
            answer.headers = headers;
        }
        self
    }

    /// It changes something: one effect per `Idempotency-Key`.
    pub fn writes(mut self) -> Operation {
        self.writes = true;
        self.by_writer()
    }

    /// Of several replicas the one that writes answers it: it changes something, or must know what was done last.
    pub fn by_writer(mut self) -> Operation {
        self.by = By::Writer;
        self
    }

    /// It changes a thing with versions: `If-Match` says which one the client saw.
    pub fn versioned(mut self) -> Operation {
        self.versioned = true;
        self.writes()
    }

    /// Beside the usual refusals it answers with these.
    pub fn refuses(mut self, statuses: &[u16]) -> Operation {
        self.refusals.extend(statuses);
        self
    }

    /// How long it may take.
    pub fn paced(mut self, pace: Pace) -> Operation {
        self.pace = pace;
        self
    }

    fn path_parameters(&self) -> Vec<Value> {
        let names = self.path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        let parameter = |name: &str| {
            let schema = match name {
                "hold" | "sale" => json!({"type": "integer", "format": "int64", "minimum": 0}),
                _ => json!({"type": "string", "minLength": 1, "maxLength": 600}),
            };
            json!({"name": name, "in": "path", "required": true, "schema": schema})
        };
        names.map(parameter).collect()
    }

    fn statuses(&self) -> Vec<u16> {
        let mut statuses = self.refusals.clone();
        if self.scope.is_some() {
            statuses.extend([400, 401, 403, 429, 503, 504]);
        }
        if self.path.contains('{') {
            statuses.push(404);
        }
        if self.body.is_some() {
            statuses.extend([408, 413, 422]);
        }
        if self.writes {
            statuses.extend([409, 422]);
        }
        if self.versioned {
            statuses.push(412);
        }
        statuses.sort_unstable();
        statuses.dedup();
        statuses.retain(|status| self.answers.iter().all(|answer| answer.status != *status));
        statuses
    }

    fn document(&self, asks: &mut SchemaGenerator, answers: &mut SchemaGenerator) -> Value {
        let mut parameters = self.path_parameters();
        if let Some(query) = self.query {
            parameters.extend(query_parameters(query, asks));
        }
        if self.writes {
            parameters.push(json!({
                "name": "Idempotency-Key", "in": "header", "required": false,
                "description": "What you call this request: sent again it has no second effect and gets the same answer.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
            }));
        }
        if self.versioned {
            parameters.push(json!({
                "name": "If-Match", "in": "header", "required": false,
                "description": "The version you saw, as its ETag has it.",
                "schema": {"type": "string", "pattern": "^(\"[0-9]{1,9}\"|\\*)$"},
            }));
        }
        let mut responses = serde_json::Map::new();
        for answer in &self.answers {
            let schema = match answer.schema {
                None => json!({"type": "string"}),
                Some(of) if answer.echoed => of(asks).to_value(),
                Some(of) => of_answer(of, answers),
            };
            let mut response = json!({"description": answer.description});
            if !answer.media.is_empty() {
                response["content"] = json!({answer.media: {"schema": schema}});
            }
            for &name in answer.headers {
                response["headers"][name] = json!({"schema": {"type": "string"}});
            }
            responses.insert(answer.status.to_string(), response);
        }
        for status in self.statuses() {
            let problem = of_answer(schema_of::<Problem>, answers);
            let mut response = json!({
                "description": describe(status),
                "content": {"application/problem+json": {"schema": problem}},
            });
            if matches!(status, 429 | 503) {
                response["headers"]["Retry-After"] = json!({"schema": {"type": "integer"}});
            }
            responses.insert(status.to_string(), response);
        }
        let mut document = json!({
            "operationId": self.id, "summary": self.summary, "tags": [self.tag],
            "parameters": parameters, "responses": responses,
        });
        if let Some(Asked { media, schema, example }) = &self.body {
            let schema = schema(asks).to_value();
            let content = json!({*media: {"schema": schema, "example": example}});
            document["requestBody"] = json!({"required": true, "content": content});
        }
        if let Some(scope) = self.scope {
            document["description"] = format!("Wants scope `{}`.", scope.word()).into();
            document["security"] = json!([{"token": []}, {}]);
        }
        document
    }
}

fn query_parameters(query: SchemaOf, generator: &mut SchemaGenerator) -> Vec<Value> {
    let mut schema = query(generator).to_value();
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        schema = generator.definitions().get(name).cloned().unwrap_or_default();
    }
    let required: Vec<String> = serde_json::from_value(schema["required"].clone()).unwrap_or_default();
    let Some(properties) = schema["properties"].as_object() else { return Vec::new() };
    let parameter = |(name, schema): (&String, &Value)| {
        let mut schema = schema.clone();
        // In a query there is no `null`: what is not there is not said.
        if let Some(kinds) = schema["type"].as_array() {
            schema["type"] = kinds.iter().find(|kind| *kind != "null").cloned().unwrap_or_default();
        }
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        json!({
            "name": name, "in": "query", "required": required.contains(name),
            "description": description.unwrap_or_default(), "schema": schema,
        })
    };
    properties.iter().map(parameter).collect()
}

fn describe(status: u16) -> &'static str {
    match status {
        400 => "It cannot be read.",
        401 => "A token is wanted, or this one is not known.",
        403 => "The token does not allow it.",
        404 => "There is no such thing, or it is not yours.",
        408 => "The body took too long.",
        409 => "Not as things stand: the code says why.",
        412 => "It changed since you saw it.",
        413 => "The body is too large.",
        422 => "It can be read, and something in it is wrong: the defects say what.",
        429 => "Too many requests of this token; Retry-After says when.",
        503 => "Not now; Retry-After says when.",
        504 => "It took too long; the key tells later what became of it.",
        _ => "See the code.",
    }
}

/// A router of operations.
pub fn router(operations: &[Operation], service: &Shared) -> Router<Shared> {
    let mut router = Router::new();
    for operation in operations {
        let limits = &service.limits;
        let bytes = if operation.pace == Pace::Bulk { limits.bulk_bytes } else { limits.body_bytes };
        let guard = Guard {
            service: service.clone(),
            scope: operation.scope,
            pace: operation.pace,
            operation: operation.id,
            by: operation.by,
            keyed: operation.writes,
        };
        let handler = operation
            .handler
            .clone()
            .layer::<_, Infallible>(from_fn_with_state(guard, gate::pass))
            .layer(DefaultBodyLimit::max(bytes));
        router = router.route(operation.path, handler);
    }
    router
}

/// Where shapes are kept.
const COMPONENTS: &str = "/components/schemas";

/// What the names of shapes of answers begin with: a document may be told otherwise than it is sent.
const ANSWER: &str = "answer.";

fn of_answer(of: SchemaOf, answers: &mut SchemaGenerator) -> Value {
    renamed(of(answers).to_value())
}

/// A schema that refers to shapes of answers.
fn renamed(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                *value = match (name.as_str(), value.as_str().and_then(|path| path.rsplit_once('/'))) {
                    ("$ref", Some((path, shape))) => format!("{path}/{ANSWER}{shape}").into(),
                    _ => renamed(value.take()),
                };
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = renamed(item.take())),
        _ => {}
    }
    schema
}

/// The OpenAPI document of operations.
pub fn openapi(operations: &[Operation]) -> Value {
    let settings = || {
        let mut settings = schemars::generate::SchemaSettings::draft2020_12();
        settings.definitions_path = COMPONENTS.into();
        settings
    };
    // What may be left out of a request is always in an answer, and the other way round.
    let mut asks = settings().for_deserialize().into_generator();
    let mut answers = settings().for_serialize().into_generator();
    let mut paths = json!({});
    for operation in operations {
        let method = operation.method.to_lowercase();
        paths[operation.path][method] = operation.document(&mut asks, &mut answers);
    }
    let mut schemas: serde_json::Map<String, Value> = asks.take_definitions(true).into_iter().collect();
    let told = answers.take_definitions(true).into_iter();
    schemas.extend(told.map(|(name, schema)| (format!("{ANSWER}{name}"), renamed(schema))));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Volok",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Which stock, which parcels, by which lanes, at what cost; holds on it, and what became of them. \
                Every answer says in `Volok-Sequence` by which operation of the ledger it is; a request with \
                `Volok-At-Least` is answered by that operation or a later one, or not (503 `behind`).",
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    })
}
