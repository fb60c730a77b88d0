import java.net.URI;
import java.nio.file.*;
import java.util.*;
import org.openapitools.client.*;
import org.openapitools.client.api.*;
import org.openapitools.client.model.*;

public class PullLog {
    public static void main(String[] names) throws Exception {
        ApiClient client = new ApiClient().setBasePath(System.getenv("OTCDB_DCS_ENDPOINT"));
        client.addDefaultHeader("X-Auth-Token", System.getenv("OTCDB_TOKEN"));
        LogManagementApi api = new LogManagementApi(client);
        String project = System.getenv("OTCDB_PROJECT_ID");
        List<InstanceListInfo> instances = new ArrayList<>();
        for (int size = -1; size < instances.size(); ) {
            size = instances.size();
            instances.addAll(new LifecycleManagementApi(client).listInstances(project, null, null, null, null, size, 2, null, null, null, null, null).getInstances());
        }
        String instance = instances.stream().filter(one -> one.getName().equals(names[0])).findFirst().orElseThrow().getInstanceId();
        api.createRedislog(project, instance, RedislogType.RUN, null, null);
        ListRedislogResponseBody logs;
        while ((logs = api.listRedislog(project, instance, RedislogType.RUN, 0, 10)) == null || !"succeed".equals(logs.getFileList().get(0).getStatus())) Thread.sleep(1000);
        String link = api.createRedislogDownloadLink(project, instance, logs.getFileList().get(0).getId()).getLink();
        Files.copy(URI.create(link).toURL().openStream(), Path.of("redis.log"), StandardCopyOption.REPLACE_EXISTING);
    }
}
