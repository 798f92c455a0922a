// Validates Knative's objects: `node knative.mjs FOLDER FILE`, with the models' folder and a JSON array. The models let unknown fields pass, so
// first it asks them about planted errors, and each object's own fields are compared with those that the API documents.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, file] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(`${folder}/node_modules/@kubernetes-models/knative/${path}.js`));
const { Service } = await load("serving.knative.dev/v1/Service");
const { PingSource } = await load("sources.knative.dev/v1/PingSource");
const { IntegrationSource } = await load("sources.knative.dev/v1alpha1/IntegrationSource");

// Of RedisStreamSource there is no model: its fields by eventing-redis' reference.
class RedisStreamSource {
  constructor(object) {
    this.spec = object.spec;
  }
  validate() {
    const { address, stream, group, sink } = this.spec;
    if (![address, stream, group].every((it) => typeof it === "string" && it) || !sink?.ref) throw new Error("address, stream, group and sink");
  }
}

const KINDS = { Service, PingSource, IntegrationSource, RedisStreamSource };
const FIELDS = {
  Service: ["template", "traffic"],
  PingSource: ["schedule", "timezone", "contentType", "data", "dataBase64", "ceOverrides", "sink"],
  IntegrationSource: ["aws", "timer", "ceOverrides", "sink", "template"],
  RedisStreamSource: ["address", "stream", "group", "sink"],
};
const SQS = ["arn", "region", "waitTimeSeconds", "visibilityTimeout"];
// What the API server fills in, and the model wants to see.
const DEFAULTS = {
  ...{ autoCreateQueue: false, delay: 500, deleteAfterRead: true, greedy: false, host: "amazonaws.com" },
  ...{ maxMessagesPerPoll: 1, overrideEndpoint: false, protocol: "https" },
};
const REVISION = ["containerConcurrency", "timeoutSeconds", "automountServiceAccountToken", "containers"];

function check(object) {
  const unknown = Object.keys(object.spec).filter((field) => !FIELDS[object.kind]?.includes(field));
  if (object.kind === "Service") unknown.push(...Object.keys(object.spec.template.spec).filter((field) => !REVISION.includes(field)));
  if (object.kind === "IntegrationSource") {
    unknown.push(...Object.keys(object.spec.aws.sqs).filter((field) => !SQS.includes(field)));
    object.spec.aws.sqs = { ...DEFAULTS, ...object.spec.aws.sqs };
  }
  if (unknown.length > 0) throw new Error(`unknown fields: ${unknown}`);
  new KINDS[object.kind](object).validate();
}

const objects = JSON.parse(readFileSync(file, "utf8"));
const planted = [
  ["Service", (it) => (it.spec.template.spec.containerConcurrency = "many")],
  ["Service", (it) => (it.spec.template.spec.containers[0].ports = 8080)],
  ["Service", (it) => (it.spec.template.spec.containers[0].securityContext.runAsNonRoot = "yes")],
  ["Service", (it) => (it.spec.template.spec.replicas = 2)],
  ["PingSource", (it) => (it.spec.schedule = 5)],
  ["PingSource", (it) => (it.spec.cron = "* * * * *")],
];
for (const [kind, plant] of planted) {
  const wrong = structuredClone(objects.find((it) => it.kind === kind));
  plant(wrong);
  let found = false;
  try {
    check(wrong);
  } catch {
    found = true;
  }
  if (!found) throw new Error(`a planted error was not found: ${plant}`);
}
for (const object of objects) {
  try {
    check(object);
  } catch (error) {
    console.error(`${object.kind} ${object.metadata.name}: ${error.message}`);
    process.exitCode = 1;
  }
}
