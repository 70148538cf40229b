import { beforeAll, describe, expect, it } from 'vitest';
import { packTarball } from './installed.js';
import { NextApp } from './next-app.js';
import { withClientImports } from './variants.js';

const tarball = packTarball();
const MESSAGE =
  "Module not found: Can't resolve './A Client Component imports your session module, which runs on the " +
  'server only (or a page with getInitialProps imports it). Read the session in a Server Component, Server ' +
  "Action or getServerSideProps instead'";

describe.each(withClientImports)('the session module in the browser, $name', (variant) => {
  let output: string;
  beforeAll(async () => {
    output = await new NextApp(variant).build(tarball).then(
      () => 'the build passed',
      (error) => error.message,
    );
  });

  it('stops the build, which says why and what to do', () => {
    expect(output).toContain(MESSAGE);
  });

  it('stops it for nothing else', () => {
    const problems = output.match(/Module not found|doesn't exist|is not exported|UnhandledScheme/g) ?? [];
    expect(new Set(problems)).toEqual(new Set(['Module not found']));
    expect(output.split('Module not found')).toHaveLength(output.split(MESSAGE).length);
  });

  if (variant.namesImporters) {
    it.each(['/app/counter.js', '/pages/initial.js'])('is found in %s', (file) => {
      expect(output).toContain(file);
    });
  } else {
    it('is found in both files, which are not named', () => {
      expect(output.split(MESSAGE)).toHaveLength(3);
    });
  }
});
