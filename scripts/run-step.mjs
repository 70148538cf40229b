// Runs one step and all that it starts.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';

const LAST_LINES = 25;
const isWindows = process.platform === 'win32';

/**
 * Runs a step to its end, or until `stop` is aborted. Gives each line that it prints to `print`.
 *
 * @param options.patienceMs how long a runner that is interrupted may take to say what it was doing.
 * @returns `ended` is the reason of `stop`, if that came first.
 */
export async function runStep(step, { env, stop, print, patienceMs = 20_000 }) {
  const [command, ...args] = commandOf(step);
  // A group of its own, to be ended with all that it started.
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: !isWindows });
  const lastLines = [];
  const keep = (line) => {
    print(line);
    if (stripVTControlCharacters(line).trim()) lastLines.push(stripVTControlCharacters(line));
    if (lastLines.length > LAST_LINES) lastLines.shift();
  };
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', keep);

  let patience;
  const interrupt = () => {
    // Runners take it as Ctrl+C: they name what is running.
    child.kill('SIGINT');
    patience = setTimeout(endGroup, patienceMs, child);
  };
  stop.addEventListener('abort', interrupt);
  const code = await new Promise((resolve) => {
    child.on('error', ({ message }) => {
      keep(message);
      resolve(null);
    });
    child.on('exit', (_, signal) => {
      if (signal && !stop.aborted) keep(`This step was ended from outside, by ${signal}.`);
      // What it leaves running would keep its output open, and `close` from coming.
      endGroup(child);
    });
    child.on('close', resolve);
  });
  clearTimeout(patience);
  stop.removeEventListener('abort', interrupt);
  return stop.aborted
    ? { succeeded: false, ended: stop.reason, lastLines }
    : { succeeded: code === 0, lastLines };
}

/** The program and its arguments. */
function commandOf({ runtime, args }) {
  if (!runtime) return [process.execPath, ...args];
  return ['npx', '--yes', `--package=${runtime}`, '--', runtime.replace(/@[^@]*$/, ''), ...args];
}

function endGroup({ pid }) {
  try {
    process.kill(isWindows ? pid : -pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}
