// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { serviceColour } from '../model/colour';

/** A dot in the service's colour; decorative, the name stands beside it. */
export function ServiceDot({ service, dark }: { service: string; dark: boolean }): JSX.Element {
  return <i class="service-dot" aria-hidden="true" style={{ background: serviceColour(service, dark) }} />;
}
