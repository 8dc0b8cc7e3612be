package dev.remap.jobs.store;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;

/**
 * A real S3 server (S3Proxy) in this process, with one bucket, on files of a folder. It lives in a
 * class loader of its own: its AWS SDK and servlets are newer than those of Spark and S3A.
 */
public final class S3Server implements AutoCloseable {
  private static final String BUCKET = "bucket";

  private final Object proxy;
  private final URLClassLoader loader;

  private S3Server(Object proxy, URLClassLoader loader) {
    this.proxy = proxy;
    this.loader = loader;
  }

  public static S3Server start(Path folder) throws Exception {
    // Read by the logging of its own that the fat jar carries.
    System.setProperty("LOG_LEVEL", "error");
    System.setProperty(
        "logback.statusListenerClass", "ch.qos.logback.core.status.NopStatusListener");
    URLClassLoader loader = isolated();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      Object blobs = blobStore(loader, folder);
      Object builder =
          loader.loadClass("org.gaul.s3proxy.S3Proxy").getMethod("builder").invoke(null);
      call(builder, "blobStore", loader.loadClass("org.gaul.s3proxy.blobstore.BlobStore"), blobs);
      call(builder, "endpoint", URI.class, URI.create("http://127.0.0.1:0"));
      Object proxy = builder.getClass().getMethod("build").invoke(builder);
      proxy.getClass().getMethod("start").invoke(proxy);
      return new S3Server(proxy, loader);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static URLClassLoader isolated() throws MalformedURLException {
    String jar = System.getProperty("s3proxy.jar");
    if (jar == null) {
      throw new IllegalStateException("The system property s3proxy.jar names S3Proxy's fat jar");
    }
    URL[] path = {Path.of(jar).toUri().toURL()};
    return new URLClassLoader("s3proxy", path, ClassLoader.getPlatformClassLoader());
  }

  private static Object blobStore(ClassLoader loader, Path folder) throws Exception {
    Properties properties = new Properties();
    properties.setProperty(
        "jclouds.filesystem.basedir", Files.createDirectories(folder).toString());
    Object blobs =
        loader
            .loadClass("org.gaul.s3proxy.BlobStores")
            .getMethod("create", String.class, Properties.class)
            .invoke(null, "filesystem-nio2", properties);
    call(blobs, "createContainer", String.class, BUCKET);
    return blobs;
  }

  private static void call(Object target, String method, Class<?> type, Object argument)
      throws ReflectiveOperationException {
    target.getClass().getMethod(method, type).invoke(target, argument);
  }

  /** Where it listens. */
  public URI endpoint() throws ReflectiveOperationException {
    Object port = proxy.getClass().getMethod("getPort").invoke(proxy);
    return URI.create("http://127.0.0.1:" + port);
  }

  /** A root in its bucket. */
  public static String root(String name) {
    return "s3a://" + BUCKET + "/" + name;
  }

  /** What S3A needs to reach this server. */
  public Configuration configuration(Path buffers) throws Exception {
    return configuration(endpoint(), buffers);
  }

  /** What S3A needs to reach any server; not shared with others of the same bucket name. */
  static Configuration configuration(URI endpoint, Path buffers) throws IOException {
    Configuration conf = new Configuration();
    conf.set("fs.s3a.endpoint", endpoint.toString());
    conf.set("fs.s3a.endpoint.region", "us-east-1");
    conf.set("fs.s3a.path.style.access", "true");
    conf.set("fs.s3a.access.key", "any");
    conf.set("fs.s3a.secret.key", "any");
    conf.set("fs.s3a.connection.ssl.enabled", "false");
    conf.set("fs.s3a.attempts.maximum", "2");
    conf.set("fs.s3a.retry.limit", "1");
    conf.set("fs.s3a.buffer.dir", Files.createDirectories(buffers).toString());
    conf.setBoolean("fs.s3a.impl.disable.cache", true);
    return conf;
  }

  @Override
  public void close() {
    try {
      proxy.getClass().getMethod("stop").invoke(proxy);
      loader.close();
    } catch (ReflectiveOperationException | IOException e) {
      throw new IllegalStateException("The S3 server does not stop", e);
    }
  }
}
