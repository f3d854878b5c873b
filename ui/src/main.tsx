// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { App } from './app/app';
import { startPreferences } from './app/preferences';
import { startRouter } from './app/router';
import './styles/tokens.css';
import './styles/base.css';

startPreferences();
startRouter();
render(<App />, document.getElementById('app')!);
