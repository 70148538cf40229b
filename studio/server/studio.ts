import { FaultRules } from '../faults/fault-rules.js';
import { StudioClock } from '../faults/studio-clock.js';
import { AppAddress } from '../requests/app-address.js';
import { RequestObserver } from '../requests/request-observer.js';
import { Handles } from '../seen/handles.js';
import { HandOvers } from '../sessions/hand-overs.js';
import { KnownSessions } from '../sessions/known-sessions.js';
import { OpenLinks } from '../sessions/open-links.js';
import { SessionDesk } from '../sessions/session-desk.js';
import { SetUps } from '../sessions/set-ups.js';

/** What the studio of a process knows and does. Its page reaches it over HTTP. */
export class Studio {
  readonly setUps = new SetUps();
  readonly sessions = new KnownSessions(new Handles());
  readonly faults = new FaultRules();
  readonly clock = new StudioClock();
  readonly handOvers = new HandOvers();
  readonly links = new OpenLinks();
  readonly address = new AppAddress();
  readonly observer = new RequestObserver(this);
  readonly desk = new SessionDesk(this.setUps, this.sessions, this.handOvers, this.clock);
}
