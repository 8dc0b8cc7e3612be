package dev.remap.jobs.store;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** A name node and a data node in this process. */
public final class HdfsCluster implements AutoCloseable {
  private final MiniDFSCluster cluster;

  public HdfsCluster(Path folder) throws IOException {
    Configuration conf = new Configuration();
    conf.set("hdfs.minidfs.basedir", folder.toString());
    conf.setInt("dfs.replication", 1);
    cluster = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    cluster.waitActive();
  }

  public String root(String name) {
    return cluster.getURI() + "/" + name;
  }

  Configuration configuration() {
    Configuration conf = new Configuration();
    conf.setInt("dfs.replication", 1);
    // The first look for a block's confirmation comes after this; the default is 400 ms.
    // Doubled each time: 2 ms to begin with, 8 s in all, as a data node on a busy machine may be
    // slow to report.
    conf.setInt("dfs.client.block.write.locateFollowingBlock.initial.delay.ms", 2);
    conf.setInt("dfs.client.block.write.locateFollowingBlock.retries", 12);
    return conf;
  }

  @Override
  public void close() {
    cluster.shutdown(true);
  }
}
