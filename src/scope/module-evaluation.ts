/** Frames of a stack: the caller's own functions may be between the session and the top level of its module. */
const FRAMES = 30;

/** How Turbopack and webpack name the function that holds a module's code. */
const EVALUATION =
  /^ +at (module evaluation|__TURBOPACK__module__evaluation__|(\w+\.)?__webpack_require__(\.a)?) \(/m;

/**
 * Returns whether the caller runs at the top level of a module. That code runs once: with Next inside of the request that needs
 * the module first.
 *
 * Only the stack tells, so this is for development. It does not see what comes after an `await` of the same module.
 */
export function isEvaluatingModule(): boolean {
  if (process.env.NODE_ENV !== 'development') return false;
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = FRAMES;
  const { stack } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return EVALUATION.test(String(stack));
}
