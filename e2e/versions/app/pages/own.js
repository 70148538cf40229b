export default function Own() {
  return <p>rendered for each visitor, since _app has getInitialProps</p>;
}
