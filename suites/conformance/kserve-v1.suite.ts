import { testSuite } from '../suite.testing.ts';
import { conformance } from './conformance.ts';

await testSuite(conformance, ['--profile', 'kserve-mlops']);
