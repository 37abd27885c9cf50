import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  findMatchingVolume,
  isReservedFor,
  mismatch,
  type PersistentVolume,
  type PersistentVolumeClaim,
  SELECTED_NODE,
  type StorageClass,
  storageClassOf,
} from '@windlass/resources';

export interface Told {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

/** What one look at a claim leads to. */
export type ClaimPlan =
  | { do: 'bind'; volume: PersistentVolume }
  /** Nothing fits (yet). */
  | { do: 'wait'; event?: Told }
  /** The claim asked for no class and there is a default one by now (KEP-3333). */
  | { do: 'setClass'; name: string }
  /** `provisioner` is to make a volume. */
  | { do: 'provision'; provisioner: string; event: Told }
  | { do: 'lost'; event: Told };

export interface ClaimView {
  volumes: readonly PersistentVolume[];
  volume(name: string): PersistentVolume | undefined;
  storageClass(name: string): StorageClass | undefined;
  /** Name of the default class. */
  defaultClass: string | undefined;
  /** Volumes that are being given to other claims right now. */
  taken: { has(name: string): boolean };
  /** Names of pods of the claim that have no node, in order. */
  waitingPods: readonly string[];
}

const normal = (reason: string, message: string): Told => ({ type: 'Normal', reason, message });
const warning = (reason: string, message: string): Told => ({ type: 'Warning', reason, message });

/** pv_controller's syncClaim: what is to be done for a claim as it is. */
export function planClaim(claim: PersistentVolumeClaim, view: ClaimView): ClaimPlan {
  if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) return planBound(claim, view);
  return claim.spec.volumeName ? planNamed(claim, claim.spec.volumeName, view) : planFree(claim, view);
}

function planFree(claim: PersistentVolumeClaim, view: ClaimView): ClaimPlan {
  const className = storageClassOf(claim);
  const storageClass = view.storageClass(className);
  const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
  const volume = findMatchingVolume(claim, view.volumes, { waits, taken: view.taken });
  if (volume) return { do: 'bind', volume };
  // What nobody can use any more needs no volume either.
  if (claim.metadata.deletionTimestamp) return { do: 'wait' };
  if (className === '' && claim.spec.storageClassName === undefined && view.defaultClass !== undefined)
    return { do: 'setClass', name: view.defaultClass };
  if (waits && claim.metadata.annotations?.[SELECTED_NODE] === undefined)
    return { do: 'wait', event: waitingFor(view.waitingPods) };
  if (className === '')
    return {
      do: 'wait',
      event: normal('FailedBinding', 'no persistent volumes available for this claim and no storage class is set'),
    };
  if (!storageClass)
    return { do: 'wait', event: warning('ProvisioningFailed', `storageclass.storage.k8s.io "${className}" not found`) };
  const { provisioner } = storageClass;
  if (provisioner.startsWith('kubernetes.io/'))
    return {
      do: 'wait',
      event: warning('ProvisioningFailed', `no volume plugin matched name: ${provisioner}`),
    };
  const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
  return { do: 'provision', provisioner, event: normal('ExternalProvisioning', message) };
}

function waitingFor(pods: readonly string[]): Told {
  if (pods.length === 0) return normal('WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
  return normal('WaitForPodScheduled', `waiting for pod${pods.length > 1 ? 's' : ''} ${pods.join(',')} to be scheduled`);
}

/** The user, or a former look, named the volume. */
function planNamed(claim: PersistentVolumeClaim, name: string, view: ClaimView): ClaimPlan {
  const volume = view.volume(name);
  if (!volume) return { do: 'wait' };
  if (!volume.spec.claimRef) {
    const wrong = mismatch(volume, claim);
    if (wrong === undefined) return view.taken.has(name) ? { do: 'wait' } : { do: 'bind', volume };
    return {
      do: 'wait',
      event: warning('VolumeMismatch', `Cannot bind to requested volume ${JSON.stringify(name)}: ${wrong}`),
    };
  }
  if (isReservedFor(volume, claim)) return { do: 'bind', volume };
  const { namespace, name: other } = volume.spec.claimRef;
  const message =
    claim.metadata.annotations?.[BOUND_BY_CONTROLLER] === undefined
      ? `volume ${JSON.stringify(name)} already bound to a different claim.`
      : `invalid binding of claim ${JSON.stringify(`${claim.metadata.namespace}/${claim.metadata.name}`)} to volume ${JSON.stringify(name)}: volume already claimed by ${JSON.stringify(`${namespace}/${other}`)}`;
  return { do: 'wait', event: warning('FailedBinding', message) };
}

function planBound(claim: PersistentVolumeClaim, view: ClaimView): ClaimPlan {
  const lost = (reason: string, message: string): ClaimPlan => ({ do: 'lost', event: warning(reason, message) });
  const { volumeName } = claim.spec;
  if (!volumeName) return lost('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
  const volume = view.volume(volumeName);
  if (!volume) return lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  const { claimRef } = volume.spec;
  if (!claimRef || claimRef.uid === claim.metadata.uid) return { do: 'bind', volume };
  return lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
}
