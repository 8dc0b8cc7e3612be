package dev.remap.jobs.run;

import dev.remap.jobs.config.TaskConfiguration;
import dev.remap.jobs.store.Store;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.broadcast.Broadcast;

/** The store as it travels to tasks: its root and the driver's Hadoop configuration. */
public record TaskStore(String root, Broadcast<TaskConfiguration> conf) implements Serializable {
  public Store open() {
    return Store.open(root, hadoop());
  }

  public Configuration hadoop() {
    return conf.value().value();
  }
}
