// @vitest-environment jsdom
import { testWithDom } from './with-dom';

testWithDom();
