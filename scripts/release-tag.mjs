// Compares a tag with the version that it is to release, and prints the dist-tag of npm for it, as an output of a step:
// node scripts/release-tag.mjs v2.0.0
import { readFileSync } from 'node:fs';

const [tag] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

if (tag !== `v${version}`) {
  console.error(
    `The tag is ${tag}, and package.json has the version ${version}. Tag the commit of "npm run bump".`,
  );
  process.exit(1);
}
console.log(`dist-tag=${version.includes('-') ? 'next' : 'latest'}`);
