import { App } from 'aws-cdk-lib';
import { deploy } from '../lib/deployment.ts';
import { SettingsError, readSettings } from '../lib/settings.ts';

const app = new App();
try {
  deploy(app, readSettings((name) => app.node.tryGetContext(name), process.env));
  app.synth();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exit(1);
}
