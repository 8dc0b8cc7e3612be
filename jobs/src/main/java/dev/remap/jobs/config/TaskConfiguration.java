package dev.remap.jobs.config;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * Hadoop's configuration as it travels to tasks. It leaves out where each value came from: Hadoop
 * and Spark send that as well, and compress it by itself for each of more than a thousand values.
 */
public final class TaskConfiguration implements Serializable {
  private final Map<String, String> values = new HashMap<>();
  private transient Configuration conf;

  public TaskConfiguration(Configuration conf) {
    this.conf = conf;
    conf.forEach(entry -> values.put(entry.getKey(), entry.getValue()));
  }

  /** On the driver the one it was made of, elsewhere one that says the same. */
  public synchronized Configuration value() {
    if (conf == null) {
      Configuration same = new Configuration(false);
      values.forEach(same::set);
      conf = same;
    }
    return conf;
  }
}
