import type { Profile } from '../slo/profile.ts';

/** TorchServe and the TensorZero gateway side by side in one pod. */
export const torchserveTensorzero: Profile = {
  schemaVersion: 1,
  id: 'torchserve-tensorzero',
  title: 'TorchServe with TensorZero',
  document:
    '"Production Deployment Patterns" for TorchServe with TensorZero (002_f25e91c1562dac26.txt)',
  scenarios: {},
  targets: [
    {
      id: 'TT-API-1',
      kind: 'api',
      statement:
        'The service is healthy only if TorchServe at :8081/ping and TensorZero at :3000/health both answer 200; inference is served on 8080',
      section:
        'Implementation Examples > 2. Health Monitoring; Performance Optimization > 2. Load Balancing',
      notRun:
        'To be decided by the conformance suite in a later version: it stops either server and asks again.',
    },
    {
      id: 'TT-API-2',
      kind: 'api',
      statement:
        'Predictions are cached under their input, 1,000 of them, the least recently used leaving first',
      section: 'Performance Optimization > 1. Caching Strategy',
      notRun:
        'To be decided by the conformance suite in a later version: it fills the cache past its size and repeats old and new inputs.',
    },
    {
      id: 'TT-API-3',
      kind: 'api',
      statement: 'Requests are processed in batches of 32',
      section: 'Performance Optimization > 3. Request Batching',
      notRun:
        'To be decided by the conformance suite in a later version: it sends full and partial batches.',
    },
    {
      id: 'TT-API-4',
      kind: 'api',
      statement: 'One API gateway leads inference to TorchServe and model management to TensorZero',
      section: 'Design Patterns > 2. Microservices Pattern',
      notRun:
        'To be decided by the conformance suite in a later version: it needs both services behind one frontend.',
    },
    {
      id: 'TT-MET-1',
      kind: 'met',
      statement:
        'A ServiceMonitor scrapes Prometheus metrics at the port "metrics"; there are Grafana dashboards, managed alerts and collected logs',
      section: 'Maintenance Procedures > 3. Monitoring Setup; Best Practices > 3. Monitoring',
      notRun:
        'To be decided by the observability suite in a later version: it needs dashboards and rules for this system.',
    },
    {
      id: 'TT-SCALE-1',
      kind: 'scale',
      statement: 'Between 2 and 10 replicas at 70 % CPU',
      section: 'Implementation Examples > 3. Scaling Strategy',
      notRun:
        'To be decided by the autoscaling suite in a later version: a real controller has to make the decisions.',
    },
    {
      id: 'TT-HA-1',
      kind: 'ha',
      statement:
        'Three nodes share one model store behind a balancer that picks the node with the fewest connections',
      section:
        'Design Patterns > 1. High Availability Pattern; Performance Optimization > 2. Load Balancing',
      implied:
        'When a node dies, no request is lost except those that it was working on; the document only draws the three nodes.',
      notRun: 'To be decided by the failover suite in a later version: it kills a node under load.',
    },
    {
      id: 'TT-HA-2',
      kind: 'ha',
      statement: 'A router switches traffic between a blue and a green environment, and back',
      section: 'Design Patterns > 3. Blue-Green Deployment',
      implied: 'No request fails because of the switch.',
      notRun:
        'To be decided by the failover suite in a later version: it switches to and fro under load.',
    },
    {
      id: 'TT-HA-3',
      kind: 'ha',
      statement: 'Both containers of the Deployment are updated one pod after another',
      section: 'Maintenance Procedures > 1. Rolling Updates',
      implied: 'No request fails because of the update.',
      notRun:
        'To be decided by the failover suite in a later version: it updates all replicas under load.',
    },
    {
      id: 'TT-HA-4',
      kind: 'ha',
      statement:
        'With two regions a global balancer leads traffic to the one that is left, and a sync layer keeps their data the same',
      section:
        'Common Deployment Scenarios > 2. Multi-Region Production; Best Practices > 4. Disaster Recovery',
      notRun:
        'To be decided by the failover suite in a later version: it needs two stacks behind a balancer.',
    },
    {
      id: 'TT-HA-5',
      kind: 'ha',
      statement: 'Edge nodes hang off a central hub',
      section: 'Common Deployment Scenarios > 3. Edge Deployment',
      implied: 'The edge nodes go on serving while the hub cannot be reached.',
      notRun:
        'To be decided by the chaos suite in a later version: it cuts the hub off with a proxy between the two.',
    },
    {
      id: 'TT-HA-6',
      kind: 'ha',
      statement: 'A server that is told to end runs clean-up handlers and frees what it holds',
      section: 'Best Practices > 1. Resource Management',
      implied: 'It drains: requests already taken are answered before it ends.',
      notRun:
        'To be decided by the failover suite in a later version: it ends a replica under load and watches its connections and memory.',
    },
    {
      id: 'TT-SEC-1',
      kind: 'sec',
      statement:
        'Connections are encrypted (TLS), callers prove who they are, and roles decide what they may do',
      section: 'Best Practices > 2. Security',
      notRun:
        'To be decided by the conformance suite in a later version: it calls without TLS, without credentials and with the wrong role.',
    },
    {
      id: 'TT-OPS-1',
      kind: 'ops',
      statement:
        'Model store and configuration are backed up to object storage; recovery restores the latest backup, verifies it and restarts the services; a debug kit checks connectivity and models, tries an inference and collects metrics',
      section:
        'Maintenance Procedures > 2. Backup Strategy; Troubleshooting Guide > 2. Debug Tools; Troubleshooting Guide > 3. Recovery Procedures',
      notRun:
        'To be decided by the failover suite in a later version: it takes a backup, destroys the model store and restores it.',
    },
    {
      id: 'TT-OPS-2',
      kind: 'ops',
      statement:
        'The Deployment has 3 replicas with ports 8080, 8081 and 3000, limits on resources, and node affinity for GPU work',
      section:
        'Implementation Examples > 1. Kubernetes Deployment; Best Practices > 1. Resource Management',
      notRun:
        'To be decided by the manifest checks in a later version: there are no generated manifests.',
    },
  ],
  conflicts: [
    {
      statement:
        'The health check asks TorchServe for /ping on 8081, its management port; TorchServe answers it on 8080.',
      touches: ['TT-API-1'],
    },
    {
      statement:
        'The autoscaler may go down to 2 replicas, one less than the 3 nodes of the pattern and the Deployment.',
      touches: ['TT-SCALE-1', 'TT-HA-1', 'TT-OPS-2'],
    },
    {
      statement:
        'CPU utilisation is a share of the CPU request, and the Deployment has none: the autoscaler can compute nothing.',
      touches: ['TT-SCALE-1', 'TT-OPS-2'],
    },
    {
      statement: 'The ServiceMonitor scrapes a port "metrics" that is declared nowhere.',
      touches: ['TT-MET-1', 'TT-OPS-2'],
    },
    {
      statement:
        'The batcher runs only when 32 requests have come and has no timer: fewer are never answered.',
      touches: ['TT-API-3'],
    },
    {
      statement:
        'The cache key is a hash of the input, which fails on lists, and on a collision another input gets the stored answer unnoticed.',
      touches: ['TT-API-2'],
    },
    {
      statement: 'The Deployment has no probes, so nothing acts on the composite health check.',
      touches: ['TT-API-1', 'TT-OPS-2'],
    },
  ],
};
