/** The commands of WebDriver that these tests use: as Marionette names them, and where WebDriver has them. */
const COMMANDS = {
  newSession: ['WebDriver:NewSession', 'POST', '/session'],
  endSession: ['WebDriver:DeleteSession', 'DELETE', '/session/:session'],
  visit: ['WebDriver:Navigate', 'POST', '/session/:session/url'],
  url: ['WebDriver:GetCurrentURL', 'GET', '/session/:session/url'],
  reload: ['WebDriver:Refresh', 'POST', '/session/:session/refresh'],
  find: ['WebDriver:FindElement', 'POST', '/session/:session/element'],
  click: ['WebDriver:ElementClick', 'POST', '/session/:session/element/:id/click'],
  clear: ['WebDriver:ElementClear', 'POST', '/session/:session/element/:id/clear'],
  type: ['WebDriver:ElementSendKeys', 'POST', '/session/:session/element/:id/value'],
  run: ['WebDriver:ExecuteScript', 'POST', '/session/:session/execute/sync'],
  tab: ['WebDriver:GetWindowHandle', 'GET', '/session/:session/window'],
  newTab: ['WebDriver:NewWindow', 'POST', '/session/:session/window/new'],
  switchTab: ['WebDriver:SwitchToWindow', 'POST', '/session/:session/window'],
  cookies: ['WebDriver:GetCookies', 'GET', '/session/:session/cookie'],
  dropCookies: ['WebDriver:DeleteAllCookies', 'DELETE', '/session/:session/cookie'],
} as const;

export type Command = keyof typeof COMMANDS;
export type Params = Readonly<Record<string, unknown>>;

/** A running browser: takes a command, and returns what it answers. */
export interface Driver {
  send(command: Command, params?: Params): Promise<unknown>;
  stop(): Promise<void>;
}

export function marionetteName(command: Command): string {
  return COMMANDS[command][0];
}

export function httpRequest(command: Command, ids: Readonly<Record<string, string>>) {
  const [, method, path] = COMMANDS[command];
  return { method, path: path.replaceAll(/:(\w+)/g, (_, name) => ids[name] ?? '') };
}
