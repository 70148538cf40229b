import type { LifeEvent } from '../events/session-event.js';
import { COUNTERS, type MetricName } from './metrics.js';
import { ATTRIBUTE } from './names.js';
import type { Attributes, CallEnd, CallKind } from './telemetry-sink.js';

/** Adds one value to a metric. */
export type Measure = (metric: MetricName, value: number, attributes: Attributes) => void;

/** Returns the attributes that the end of a call adds to its span. */
export function spanAttributes(
  { outcomeName }: CallKind,
  { outcome, size, ttl, source, reason, sessionHash, error }: CallEnd,
): Attributes {
  // Assigned one by one: spreading objects with names like these takes V8 fifty times as long.
  const attributes: Record<string, string | number> = { [outcomeName]: outcome };
  if (error) attributes[ATTRIBUTE.errorType] = error.type;
  if (source) attributes[ATTRIBUTE.source] = source;
  if (size !== undefined) attributes[ATTRIBUTE.payloadSize] = size;
  if (ttl !== undefined) attributes[ATTRIBUTE.ttl] = ttl;
  if (sessionHash !== undefined) attributes[ATTRIBUTE.sessionHash] = sessionHash;
  if (reason) attributes[ATTRIBUTE.reason] = reason;
  return attributes;
}

/** Measures a call that has ended: its duration and, if it is known, the record's size. */
export function measureCall(
  { labels, outcomeName, duration }: CallKind,
  end: CallEnd,
  measure: Measure,
): void {
  const attributes: Record<string, string | number> = { ...labels, [outcomeName]: end.outcome };
  if (end.error) attributes[ATTRIBUTE.errorType] = end.error.type;
  if (end.source) attributes[ATTRIBUTE.source] = end.source;
  measure(duration, end.durationMs / 1000, attributes);
  if (end.size !== undefined) measure('payloadSize', end.size, labels);
}

/** Counts an event, if it has a counter. */
export function countEvent(event: LifeEvent, measure: Measure): void {
  const counter = COUNTERS[event.type];
  if (counter) measure(counter, 1, reasonOf(event));
}

function reasonOf(event: LifeEvent): Attributes {
  if (event.type === 'destroyed') return { [ATTRIBUTE.reason]: event.reason };
  return event.type === 'record_rejected' ? { [ATTRIBUTE.rejectReason]: event.reason } : {};
}
