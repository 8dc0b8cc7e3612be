import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.FileReader;
import java.io.IOException;
import java.io.Reader;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.k8s.KubernetesConf;
import org.apache.spark.deploy.k8s.SparkPod;
import org.apache.spark.internal.config.package$;
import org.apache.spark.resource.ResourceProfile$;
import org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBuilder;
import scala.Option;
import scala.Tuple2;

/**
 * Prints the pod of an executor as Spark would ask Kubernetes for it by a file of properties, and
 * fails where the pod has not got what the file is there for. Run from its source by {@code
 * bin/pod-specs}, on a Spark that has Kubernetes, which no build has: nothing else compiles it.
 */
final class PodSpecs {
  private static final String HOST = "spark.driver.host";
  private static final String PORT = "spark.driver.port";
  private static final String VARIABLE = "spark.executorEnv.";

  private static int missed;

  private PodSpecs() {}

  public static void main(String[] files) throws IOException {
    for (String file : files) {
      SparkConf conf = conf(file);
      Pod pod = executor(conf);
      System.out.printf("# %s%n%s", file, Serialization.asYaml(pod));
      check(file, conf, pod);
    }
    System.exit(missed == 0 ? 0 : 1);
  }

  private static SparkConf conf(String file) throws IOException {
    Properties properties = new Properties();
    try (Reader in = new FileReader(file)) {
      properties.load(in);
    }
    SparkConf conf = new SparkConf(false).setAppName("remap reindex");
    properties.forEach((key, value) -> conf.set((String) key, ((String) value).strip()));
    // Unless the file says it: as the page on clusters has it of a driver in a pod of its own.
    return conf.setIfMissing(HOST, "remap-driver.remap.svc").setIfMissing(PORT, "7078");
  }

  private static Pod executor(SparkConf conf) {
    // Spark keeps the first one that it makes.
    ResourceProfile$.MODULE$.clearDefaultProfile();
    SparkPod made =
        new KubernetesExecutorBuilder()
            .buildFromFeatures(
                KubernetesConf.createExecutorConf(
                    conf, "1", "spark-application", Option.empty(), 0),
                new SecurityManager(conf, Option.empty(), package$.MODULE$.AUTH_SECRET_FILE()),
                null,
                ResourceProfile$.MODULE$.getOrCreateDefaultProfile(conf))
            .pod();
    return new PodBuilder(made.pod())
        .editOrNewSpec()
        .addToContainers(made.container())
        .endSpec()
        .build();
  }

  private static void check(String file, SparkConf conf, Pod pod) {
    Container container = pod.getSpec().getContainers().get(0);
    Map<String, String> environment = new TreeMap<>();
    for (EnvVar variable : container.getEnv()) {
      environment.put(variable.getName(), String.valueOf(variable.getValue()));
    }
    same(file, conf, "spark.kubernetes.container.image", container.getImage());
    same(
        file,
        conf,
        "spark.kubernetes.authenticate.executor.serviceAccountName",
        pod.getSpec().getServiceAccountName());
    Map<String, Quantity> asked = container.getResources().getRequests();
    if (!conf.contains("spark.kubernetes.executor.request.cores")) {
      same(file, conf, "spark.executor.cores", String.valueOf(asked.get("cpu")));
    }
    if (conf.contains("spark.executor.memory") && conf.contains("spark.executor.memoryOverhead")) {
      long memory =
          conf.getSizeAsMb("spark.executor.memory") + conf.getSizeAsMb("spark.executor.memoryOverhead");
      same(file, "memory", memory + "Mi", String.valueOf(asked.get("memory")));
    }
    for (Tuple2<String, String> one : conf.getAll()) {
      if (one._1().startsWith(VARIABLE)) {
        String name = one._1().substring(VARIABLE.length());
        same(file, "variable " + name, one._2(), environment.get(name));
      } else if (one._1().matches("spark\\.kubernetes\\.executor\\.volumes\\..*\\.mount\\.path")) {
        same(
            file,
            "mount " + one._2(),
            "true",
            String.valueOf(
                container.getVolumeMounts().stream()
                    .map(VolumeMount::getMountPath)
                    .anyMatch(one._2()::equals)));
      }
    }
    if (conf.contains("spark.executor.resource.gpu.amount")) {
      same(
          file,
          "GPUs",
          conf.get("spark.executor.resource.gpu.amount"),
          String.valueOf(container.getResources().getLimits().get("nvidia.com/gpu")));
    }
    same(
        file,
        "driver",
        "spark://CoarseGrainedScheduler@" + conf.get(HOST) + ":" + conf.get(PORT),
        environment.get("SPARK_DRIVER_URL"));
  }

  /** What the file says of it, if anything. */
  private static void same(String file, SparkConf conf, String key, String found) {
    if (conf.contains(key)) {
      same(file, key, conf.get(key), found);
    }
  }

  private static void same(String file, String what, String wanted, String found) {
    if (!wanted.equals(found)) {
      missed++;
      System.err.printf("pod-specs: %s: %s is %s in the pod, not %s%n", file, what, found, wanted);
    }
  }
}
