import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { DataStack } from './data.ts';
import { NetworkStack } from './network.ts';
import { AppStack } from './service.ts';
import type { Settings } from './settings.ts';
import { WatchingStack } from './watching.ts';

/** The four stacks. The app and its monitoring can be destroyed and deployed again; the network and the data stay. */
export interface Deployment {
  network: NetworkStack;
  data: DataStack;
  app: AppStack;
  watching: WatchingStack;
}

export function deploy(scope: App, settings: Settings): Deployment {
  const env = { account: settings.account, region: settings.region };
  const network = new NetworkStack(scope, 'antwon-network', { env, settings });
  const data = new DataStack(scope, 'antwon-data', { env, settings, network, terminationProtection: true });
  const app = new AppStack(scope, 'antwon-app', { env, settings, network, data });
  const watching = new WatchingStack(scope, 'antwon-watching', {
    env, settings, service: app.service, balancer: app.entrance.balancer, targets: app.entrance.targets,
    database: data.database,
  });
  Tags.of(scope).add('app', 'antwon');
  Validations.of(scope).addPlugins(new AwsSolutionsChecks(scope)); // its findings are errors of the synthesis
  return { network, data, app, watching };
}
