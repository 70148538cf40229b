export {
  type StoreContext,
  type StoreContract,
  type StoreUnderTest,
  type TestRunner,
  testStore,
} from './store-contract.js';
