export { default, getStaticProps } from './index';

export function getStaticPaths() {
  return { paths: [], fallback: 'blocking' };
}
