// Writes the API reference, a page for each entry with types of its own: into docs/api, or into the folder that is given.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [out = `${root}docs/api`] = process.argv.slice(2);
/** The entries by what TypeDoc calls them. The others add to the types of test runners, and export nothing. */
const NAMES = {
  src: 'next-app-session',
  'src/redis': 'next-app-session/redis',
  'src/sql': 'next-app-session/sql',
  studio: 'next-app-session/studio',
  testing: 'next-app-session/testing',
  'testing/playwright': 'next-app-session/testing/playwright',
  'testing/server': 'next-app-session/testing/server',
};
const entries = [
  'src/index',
  'src/redis',
  'src/sql',
  'studio/index',
  'testing/index',
  'testing/playwright',
  'testing/server',
];

const app = await Application.bootstrapWithPlugins({
  plugin: ['typedoc-plugin-markdown'],
  entryPoints: entries.map((entry) => `${root}${entry}.ts`),
  tsconfig: `${root}tsconfig.build.json`,
  basePath: root,
  readme: 'none',
  outputFileStrategy: 'modules',
  markdown: out,
  flattenOutputFiles: true,
  disableSources: true,
  excludePrivate: true,
  excludeProtected: true,
  excludeExternals: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  hideGroupHeadings: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  logLevel: 'Warn',
  treatWarningsAsErrors: true,
  // What a signature needs and nobody has to name is not exported.
  validation: { notExported: false, invalidLink: true },
});
const project = await app.convert();
if (!project) process.exit(1);
for (const module of project.children) module.name = NAMES[module.name];
app.validate(project);
await app.generateOutputs(project);
writeFileSync(`${out}/README.md`, index(project.children));
process.exitCode = app.logger.hasErrors() || app.logger.hasWarnings() ? 1 : 0;

function index(modules) {
  return `# API reference

To look up: every exported type with its signature, as TypeDoc writes it from the sources (\`npm run api\`). The
[reference](../reference.md) has methods, options and rules by topic, and is shorter.

${modules.map(({ name }) => `- [${name}](${name.replaceAll('/', '.')}.md)`).join('\n')}
`;
}
