const shared = globalThis as { mails?: Map<string, string> };

shared.mails ??= new Map();

/** The links that would be sent, by address. */
export const mails = shared.mails;
