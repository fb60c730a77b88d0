// As its documentation has it for clients that validate.
import { defaultPlugins } from "@hey-api/openapi-ts";

export default { plugins: [...defaultPlugins, "zod", { name: "@hey-api/sdk", validator: true }] };
