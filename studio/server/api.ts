import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../../src/lib/json.js';
import { warningsGiven } from '../../src/lib/warnings.js';
import type { LocalCall } from '../../src/local-server/local-server.js';
import type { StudioState } from '../seen/studio-state.js';
import { amountIn, faultIn, flagIn, textIn } from './call-args.js';
import { streamRequests } from './event-stream.js';
import { openLink } from './open-app.js';
import type { Studio } from './studio.js';

/** A hundred years, in milliseconds. */
const MAX_AHEAD_MS = 3.2e12;

type StudioCall = (studio: Studio, call: JsonObject, response: ServerResponse) => unknown;

/** What the page may ask for, by its path. */
const API: Readonly<Record<string, StudioCall>> = {
  state: (studio) => stateOf(studio),
  events: ({ observer }, _, response) => streamRequests(observer.log, response),
  'requests/clear': ({ observer }) => observer.log.clear(),
  latency: ({ observer }) => observer.latencies.all,
  'latency/clear': ({ observer }) => observer.latencies.clear(),
  sessions: ({ inspector }, call) =>
    'user' in call ? inspector.ofUser(textIn(call, 'user')) : inspector.list(),
  session: ({ inspector }, call) => inspector.find(textIn(call, 'handle')),
  'session/save': ({ inspector }, call) =>
    inspector.save(textIn(call, 'handle'), textIn(call, 'version'), call.data),
  'session/regenerate': ({ inspector }, call) => inspector.regenerate(textIn(call, 'handle')),
  'session/end': ({ inspector }, call) => inspector.end(textIn(call, 'handle')),
  'session/expire': ({ inspector }, call) => inspector.expire(textIn(call, 'handle')),
  'session/open': (studio, call) => openLink(studio, textIn(call, 'handle')),
  'faults/add': (studio, call) => {
    studio.faults.add(faultIn(call));
    return stateOf(studio);
  },
  'faults/remove': (studio, call) => {
    studio.faults.remove(amountIn(call, 'id', Number.MAX_SAFE_INTEGER));
    return stateOf(studio);
  },
  freeze: (studio, call) => {
    if (flagIn(call, 'frozen')) studio.faults.freeze();
    else studio.faults.thaw();
    return stateOf(studio);
  },
  clock: (studio, call) => {
    studio.clock.set(amountIn(call, 'aheadMs', MAX_AHEAD_MS));
    return stateOf(studio);
  },
};

/** Returns what answers the calls of a path, or undefined. */
export function callOf(studio: Studio, path: string): LocalCall | undefined {
  const [, name = ''] = /^\/api\/(.*)$/.exec(path) ?? [];
  const call = Object.hasOwn(API, name) ? API[name] : undefined;
  return call && ((args, response) => call(studio, args, response));
}

function stateOf({ modules, faults, clock }: Studio): StudioState {
  return {
    // As npm, pnpm and yarn set it for what they run.
    app: process.env.npm_package_name ?? null,
    sessions: modules.all.map(({ options: { name, names, user } }) => ({
      name,
      names,
      hasUsers: user !== undefined,
    })),
    warnings: [...warningsGiven()].map(([text, guide]) => ({ text, guide })),
    faults: faults.rules,
    isFrozen: faults.isFrozen,
    aheadMs: clock.aheadMs,
  };
}
