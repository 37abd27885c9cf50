import { requestInfo } from './request-info.ts';

const of = (method: string, url: string) => {
  const [path = '', query = ''] = url.split('?');
  const { verb, group, resource, subresource, namespace, name } = requestInfo(
    method,
    decodeURIComponent(path),
    new URLSearchParams(query),
  );
  return [verb, group, resource, subresource, namespace, name].join(' ');
};

test.each([
  ['GET', '/api/v1/namespaces/a/pods/x/log', 'get  pods log a x'],
  ['GET', '/api/v1/namespaces/a', 'get  namespaces  a a'],
  ['PUT', '/api/v1/namespaces/a/finalize', 'update  namespaces finalize a a'],
  ['GET', '/apis/apps/v1/deployments', 'list apps deployments   '],
  ['GET', '/apis/apps/v1/deployments?watch=0', 'list apps deployments   '],
  ['GET', '/apis/apps/v1/deployments?watch=False', 'list apps deployments   '],
  ['GET', '/apis/apps/v1/deployments?watch', 'watch apps deployments   '],
  ['GET', '/api/v1/watch/namespaces/a/pods/x', 'watch  pods  a x'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=x', 'list  pods   x'],
  ['GET', '/api/v1/pods?watch=1&fieldSelector=spec.nodeName=n,metadata.name==x', 'watch  pods   x'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name!=x', 'list  pods   '],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=..', 'list  pods   '],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name=a/b', 'list  pods   '],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name', 'list  pods   '],
  ['DELETE', '/api/v1/namespaces/a/pods?fieldSelector=metadata.name=x', 'deletecollection  pods  a '],
  ['GET', '/api/v1/namespaces/a%2Fpods', 'list  pods  a '],
])('%s %s', (method, url, expected) => expect(of(method, url)).toBe(expected));
