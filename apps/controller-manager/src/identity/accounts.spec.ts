import { controllers } from '../controllers.ts';
import { accounts } from './accounts.ts';

test('every controller has an account, and no account is without a controller', () =>
  expect(Object.keys(accounts).sort()).toEqual(Object.keys(controllers).sort()));
