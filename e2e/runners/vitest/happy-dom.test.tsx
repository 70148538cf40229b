// @vitest-environment happy-dom
import { testWithDom } from './with-dom';

testWithDom();
