package dev.remap.jobs.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.server.MiniYARNCluster;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * YARN: a resource manager and two node managers in this process, whose containers are processes of
 * their own.
 */
final class YarnCluster implements AutoCloseable {
  private static final int NODES = 2;

  private final MiniYARNCluster cluster;
  private final Path configuration;

  private YarnCluster(MiniYARNCluster cluster, Path configuration) {
    this.cluster = cluster;
    this.configuration = configuration;
  }

  /**
   * Starts it and waits until every node is registered.
   *
   * @param folder for what {@code HADOOP_CONF_DIR} names
   */
  static YarnCluster start(Path folder) throws IOException, InterruptedException, YarnException {
    YarnConfiguration conf = new YarnConfiguration();
    conf.setInt("yarn.minicluster.yarn.nodemanager.resource.memory-mb", 4096);
    conf.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 256);
    conf.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
    conf.set("yarn.scheduler.capacity.root.queues", "default");
    conf.set("yarn.scheduler.capacity.root.default.capacity", "100");
    // An application's master may have more than a tenth of so small a cluster.
    conf.set("yarn.scheduler.capacity.maximum-am-resource-percent", "0.5");
    // Disks of drills are often nearly full.
    conf.set(
        "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "100");
    // It tells of each container that ends.
    Configurator.setLevel("org.apache.hadoop.yarn", Level.OFF);
    MiniYARNCluster cluster = new MiniYARNCluster("remap-yarn", NODES, 1, 1);
    cluster.init(conf);
    cluster.start();
    if (!cluster.waitForNodeManagersToConnect(60_000)) {
      cluster.stop();
      throw new IllegalStateException("the node managers do not register");
    }
    Path files = Files.createDirectories(folder.resolve("hadoop"));
    write(cluster.getConfig(), files.resolve("yarn-site.xml"));
    Configuration core = new Configuration(false);
    core.set("fs.defaultFS", folder.toUri().toString());
    write(core, files.resolve("core-site.xml"));
    return new YarnCluster(cluster, files);
  }

  private static void write(Configuration conf, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      conf.writeXml(out);
    }
  }

  /** For {@code HADOOP_CONF_DIR}. */
  String configuration() {
    return configuration.toString();
  }

  /** What a run on it needs to know, with executors of this Spark. */
  Map<String, String> properties(Path spark) {
    Map<String, String> properties = new TreeMap<>();
    properties.put("spark.executor.instances", Integer.toString(NODES));
    properties.put("spark.executor.memoryOverhead", "1g");
    properties.put("spark.yarn.am.memory", "512m");
    properties.put("spark.yarn.jars", "local:" + spark.resolve("jars") + "/*");
    properties.put("spark.executorEnv.JAVA_HOME", System.getProperty("java.home"));
    properties.put("spark.yarn.appMasterEnv.JAVA_HOME", System.getProperty("java.home"));
    return properties;
  }

  /** How many runs it has seen. */
  int applications() {
    return cluster.getResourceManager().getRMContext().getRMApps().size();
  }

  @Override
  public void close() {
    cluster.stop();
  }
}
