import { rawRequest, type TestApiServer } from '@windlass/testkit';

/** For whom the server takes who has this bearer token: the userInfo of a SelfSubjectReview, or the status code that refused it. */
export async function whoIs(server: TestApiServer, token: string) {
  const { status, json } = await rawRequest(
    server,
    { method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', headers: { authorization: `Bearer ${token}` } },
    { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
  );
  return status === 201 ? json.status.userInfo : status;
}
