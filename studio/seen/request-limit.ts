/** How many requests are kept: those that came last. */
export const MAX_REQUESTS = 1000;
